package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.learning.LearningPolicy.Learner;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TargetErrorRateTest extends LearningFixture {

  private void replaceCache() {
    cache.close();
    cache = builder().targetErrorRate(0.1).judgeExecutor(Runnable::run).build();
  }

  @Test
  void oneOptionLearnsWithoutAnyCallBesidesTheMisses() {
    replaceCache();

    for (int i = 0; i < 400; i++) {
      ask(i % 5, i);
    }

    assertThat(cache.stats().policyState()).isEqualTo(Learner.State.SERVING);
    assertThat(IntStream.range(0, 20).filter(i -> ask(1, 1_000 + i).isHit()).count())
        .isGreaterThan(5);
    assertThat((long) chat.calls()).isEqualTo(cache.stats().misses());
    assertThat(cache.stats().policyErrors()).isZero();
  }

  @Test
  void learnedStateIsStoredWithTheAnswers() {
    replaceCache();
    for (int i = 0; i < 400; i++) {
      ask(i % 5, i);
    }
    replaceCache();

    assertThat(cache.stats().policyState()).isEqualTo(Learner.State.SERVING);
  }
}
