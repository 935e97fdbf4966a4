package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.judge.Comparison;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.learning.PolicyState;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.Verdict;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two caches on one store, as instances of one application are. */
class SharedLearningTest {
  private final FakeEmbedder embedder =
      new FakeEmbedder().place("Where is it?", 0).place("Where is he?", 5).place("Where am I?", 6);
  private final FakeClock time = new FakeClock();
  private final InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
  private final SemanticCache one = cache();
  private final SemanticCache other = cache();

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
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
  void verdictsAreHeardByTheOtherInstanceWithinHalfAMinute() {
    ErrorBudget policy = HitPolicy.errorBudget(0.1).warmUp(20);
    ErrorBudget others = policy.fresh();
    SemanticCache teacher = learning(policy);
    SemanticCache listener = learning(others);
    try (teacher;
        listener) {
      for (int i = 0; i < 150; i++) {
        teacher.ask("Question " + i);
      }
      assertThat(others.state()).isEqualTo(PolicyState.COLD);

      time.advance(Duration.ofSeconds(30));
      assertThat(listener.lookup(Prompt.of("Where is it?"))).isEmpty();

      await().until(() -> listener.stats().policyState() == PolicyState.SERVING);
      assertThat(others.state()).isEqualTo(PolicyState.SERVING);
    }
  }

  private SemanticCache learning(ErrorBudget policy) {
    return builder()
        .hitPolicy(policy)
        .judge(AnswerJudge.sameText())
        .judgeExecutor(Runnable::run)
        .build();
  }

  @Test
  void reportIsHeardByTheOtherInstanceWithinHalfAMinute() {
    one.put(Prompt.of("Where is it?"), "Here.");
    assertThat(other.lookup(Prompt.of("Where is he?"))).isPresent();
    reportWrong(one, "Where is he?");

    time.advance(Duration.ofSeconds(30));

    await().until(() -> other.lookup(Prompt.of("Where is he?")).isEmpty());
    assertThat(other.lookup(Prompt.of("Where am I?"))).isPresent();
  }

  @Test
  void reportsToBothInstancesAreKept() {
    one.put(Prompt.of("Where is it?"), "Here.");
    reportWrong(one, "Where is he?");
    reportWrong(other, "Where am I?");

    try (SemanticCache next = cache()) {
      assertThat(next.lookup(Prompt.of("Where is he?"))).isEmpty();
      assertThat(next.lookup(Prompt.of("Where am I?"))).isEmpty();
    }
  }

  @Test
  void damagedReportsAreReplacedByTheNextOne() {
    store.save("blocked-pairs", new byte[] {1, 2, 3});
    one.put(Prompt.of("Where is it?"), "Here.");
    reportWrong(one, "Where is he?");

    assertThat(one.stats().policyErrors()).isEqualTo(1);
    try (SemanticCache next = cache()) {
      assertThat(next.lookup(Prompt.of("Where is he?"))).isEmpty();
    }
  }

  @Test
  void reportIsHeardThoughTheJudgeIsBusyAndItsQueueFull() {
    HitPolicy near = HitPolicy.maxDistance(0.01).unguarded();
    embedder.place("one more", 40).place("and more", 80).place("no more", 120);
    try (SemanticCache busy =
        builder()
            .hitPolicy(HitPolicy.errorBudget(0.1).auditShare(0.001).conservative(near))
            .judge(SharedLearningTest::judgeForEver)
            .judgeQueue(1)
            .build()) {
      List.of("Where is it?", "one more", "and more", "no more").forEach(busy::ask);
      assertThat(busy.stats().quality().dropped()).isPositive();
      assertThat(busy.lookup(Prompt.of("Where is he?"))).isPresent();
      reportWrong(one, "Where is he?");

      time.advance(Duration.ofSeconds(30));

      await().until(() -> busy.lookup(Prompt.of("Where is he?")).isEmpty());
    }
  }

  private static Verdict judgeForEver(Comparison comparison) {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Verdict.UNKNOWN;
  }
}
