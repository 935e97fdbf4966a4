package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests of two caches on one store, like two instances of an application. */
class SharedStoreTest {
  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("Where is it?", 0)
          .place("Where is he?", 5)
          .place("Where are we?", 6);
  private final FakeClock time = new FakeClock();
  private final InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
  private final SemanticCache one = cache();
  private final SemanticCache other = cache();

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .verifier(PairVerifier.none())
        .embedder(embedder)
        .chatClient(new FakeChatClient())
        .store(store)
        .ticker(time::nanos);
  }

  private SemanticCache cache() {
    return builder().build();
  }

  @AfterEach
  void closeCaches() {
    one.close();
    other.close();
  }

  private void reportWrong(SemanticCache cache, String prompt) {
    cache.reportWrong(cache.lookup(Prompt.of(prompt)).orElseThrow());
  }

  @Test
  void otherInstanceLoadsLearnedStateAfterThirtySeconds() {
    CapturingPolicy policy = CapturingPolicy.of(ErrorBudget.of(0.1).warmUp(20));
    CapturingPolicy secondPolicy = CapturingPolicy.of(policy.policy());
    SemanticCache first = learning(policy);
    SemanticCache second = learning(secondPolicy);
    try (first;
        second) {
      for (int i = 0; i < 150; i++) {
        first.ask("Question " + i);
      }
      assertThat(secondPolicy.state()).isEqualTo(Learner.State.COLD);

      time.advance(Duration.ofSeconds(30));
      assertThat(second.lookup(Prompt.of("Where is it?"))).isEmpty();

      await().until(() -> second.stats().policyState() == Learner.State.SERVING);
      assertThat(secondPolicy.state()).isEqualTo(Learner.State.SERVING);
    }
  }

  private SemanticCache learning(CapturingPolicy policy) {
    return builder()
        .hitPolicy(policy)
        .judge(AnswerJudge.sameText())
        .judgeExecutor(Runnable::run)
        .build();
  }

  @Test
  void reportTakesEffectInTheOtherInstanceWithItsNextLookup() {
    one.put(Prompt.of("Where is it?"), "Here.");
    assertThat(other.lookup(Prompt.of("Where is he?"))).isPresent();
    reportWrong(one, "Where is he?");

    assertThat(other.lookup(Prompt.of("Where is he?"))).isEmpty();
    assertThat(other.lookup(Prompt.of("Where are we?"))).isPresent();
  }

  @Test
  void reportsOfBothInstancesAreStored() {
    one.put(Prompt.of("Where is it?"), "Here.");
    reportWrong(one, "Where is he?");
    reportWrong(other, "Where are we?");

    try (SemanticCache next = cache()) {
      assertThat(next.lookup(Prompt.of("Where is he?"))).isEmpty();
      assertThat(next.lookup(Prompt.of("Where are we?"))).isEmpty();
    }
  }
}
