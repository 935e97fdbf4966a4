package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests the time to live of answers and the maximum age of a prompt. */
class ExpiryTest extends CacheFixture {
  @Test
  void answerOlderThanMaxAgeIsNeitherAnExactNorASemanticHit() {
    cache.ask(PARIS);
    time.advance(Duration.ofHours(1));
    Prompt same = Prompt.of(PARIS);
    Prompt near = Prompt.of(PARIS_PARAPHRASE);

    assertThat(cache.lookup(same.maxAge(Duration.ofMinutes(59)))).isEmpty();
    assertThat(cache.lookup(near.maxAge(Duration.ofMinutes(59)))).isEmpty();
    assertThat(cache.lookup(same.maxAge(Duration.ofHours(1)))).isPresent();
    assertThat(cache.lookup(near.maxAge(Duration.ofHours(1)))).isPresent();
    assertThat(cache.lookup(near.maxAge(Duration.ofSeconds(Long.MAX_VALUE)))).isPresent();
  }

  @Test
  void youngerNeighborIsServedIfTheNearestIsTooOld() {
    cache.put(Prompt.of(PARIS), "old");
    time.advance(Duration.ofHours(1));
    embedder.place("Capital city of France?", 10);
    cache.put(Prompt.of("Capital city of France?"), "young");

    assertThat(cache.ask(Prompt.of(PARIS).maxAge(Duration.ofMinutes(5))).text()).isEqualTo("young");
  }

  @Test
  void answerExpiresAfterItsTimeToLive() {
    SemanticCache minuteLong = builder().timeToLive(Duration.ofMinutes(1)).build();
    minuteLong.ask(PARIS);
    minuteLong.ask(Prompt.of(PYTHON).timeToLive(Duration.ofMinutes(2)));
    time.advance(Duration.ofMinutes(1));

    assertThat(minuteLong.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(minuteLong.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
    assertThat(minuteLong.lookup(Prompt.of(PYTHON))).isPresent();
    time.advance(Duration.ofMinutes(1));
    assertThat(minuteLong.lookup(Prompt.of(PYTHON))).isEmpty();
  }

  @Test
  void answerExpiresAfterADayByDefaultAndNeverWithNoExpiry() {
    SemanticCache withoutExpiry = builder().noExpiry().build();
    cache.ask(PARIS);
    withoutExpiry.ask(PARIS);
    time.advance(Duration.ofHours(24));

    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(withoutExpiry.lookup(Prompt.of(PARIS))).isPresent();
  }

  @Test
  void answerHasAgeZeroIfTheClockWasSetBack() {
    cache.ask(PARIS);
    time.advance(Duration.ofDays(-1));

    Answer answer = cache.ask(Prompt.of(PARIS).maxAge(Duration.ofMinutes(1)));

    assertThat(answer.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(answer.age()).isZero();
    assertThat(cache.ask(PARIS_PARAPHRASE).age()).isZero();
  }
}
