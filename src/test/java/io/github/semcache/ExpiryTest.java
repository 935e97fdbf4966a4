package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testkit.FakeClock;
import java.time.Duration;
import java.util.List;
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
  void answerKeepsItsAgeIfTheClockWasSetBack() {
    cache.ask(PARIS);
    time.advance(Duration.ofDays(-1));

    Answer answer = cache.ask(Prompt.of(PARIS).maxAge(Duration.ofMinutes(1)));

    assertThat(answer.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(answer.age()).isZero();
    assertThat(cache.ask(PARIS_PARAPHRASE).age()).isZero();
  }

  @Test
  void expiredAnswerIsNotServedIfTheClockIsSetBack() {
    cache.ask(Prompt.of(PARIS).timeToLive(Duration.ofHours(1)));
    time.advance(Duration.ofHours(2));
    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    time.advance(Duration.ofHours(-2));

    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
  }

  @Test
  void answerFromTheFutureIsNotServedToPromptsWithAMaximumAge() {
    InMemoryVectorStore shared = InMemoryVectorStore.of(embedder);
    FakeClock ahead = new FakeClock(time.instant().plus(Duration.ofHours(1)));
    builder().store(shared).timeSource(ahead).build().ask(PARIS);
    SemanticCache behind = builder().store(shared).build();

    assertThat(behind.lookup(Prompt.of(PARIS)).orElseThrow().age()).isZero();
    for (String text : List.of(PARIS, PARIS_PARAPHRASE)) {
      assertThat(behind.lookup(Prompt.of(text).maxAge(Duration.ofDays(1)))).isEmpty();
    }
  }
}
