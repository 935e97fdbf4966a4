package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long answers are kept, and how old they may be. */
class AgeTest extends CacheFixture {
  @Test
  void answerOlderThanMaxAgeIsNotServedByEitherTier() {
    cache.ask(PARIS);
    time.advance(Duration.ofHours(1));
    Prompt same = Prompt.of(PARIS);
    Prompt near = Prompt.of(PARIS_AGAIN);

    assertThat(cache.lookup(same.maxAge(Duration.ofMinutes(59)))).isEmpty();
    assertThat(cache.lookup(near.maxAge(Duration.ofMinutes(59)))).isEmpty();
    assertThat(cache.lookup(same.maxAge(Duration.ofHours(1)))).isPresent();
    assertThat(cache.lookup(near.maxAge(Duration.ofHours(1)))).isPresent();
    assertThat(cache.lookup(near.maxAge(Duration.ofSeconds(Long.MAX_VALUE)))).isPresent();
  }

  @Test
  void youngerNeighborIsServedWhereTheNearestIsTooOld() {
    cache.put(Prompt.of(PARIS), "old");
    time.advance(Duration.ofHours(1));
    embedder.place("Capital city of France?", 10);
    cache.put(Prompt.of("Capital city of France?"), "young");

    assertThat(cache.ask(Prompt.of(PARIS).maxAge(Duration.ofMinutes(5))).text()).isEqualTo("young");
  }

  @Test
  void answerExpiresAfterItsTimeToLive() {
    SemanticCache brief = builder().timeToLive(Duration.ofMinutes(1)).build();
    brief.ask(PARIS);
    brief.ask(Prompt.of(PYTHON).timeToLive(Duration.ofMinutes(2)));
    time.advance(Duration.ofMinutes(1));

    assertThat(brief.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(brief.lookup(Prompt.of(PARIS_AGAIN))).isEmpty();
    assertThat(brief.lookup(Prompt.of(PYTHON))).isPresent();
    time.advance(Duration.ofMinutes(1));
    assertThat(brief.lookup(Prompt.of(PYTHON))).isEmpty();
  }

  @Test
  void answerLivesADayByDefaultAndForEverOnlyOnRequest() {
    SemanticCache eternal = builder().noExpiry().build();
    cache.ask(PARIS);
    eternal.ask(PARIS);
    time.advance(Duration.ofHours(24));

    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(eternal.lookup(Prompt.of(PARIS))).isPresent();
  }

  @Test
  void clockThatIsSetBackDoesNoHarm() {
    cache.ask(PARIS);
    time.advance(Duration.ofDays(-1));

    Answer answer = cache.ask(Prompt.of(PARIS).maxAge(Duration.ofMinutes(1)));

    assertThat(answer.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(answer.age()).isZero();
    assertThat(cache.ask(PARIS_AGAIN).age()).isZero();
  }
}
