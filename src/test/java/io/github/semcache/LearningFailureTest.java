package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.learning.StateBlob;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests of hits and learned state if the judge, the model, or the store fails. */
class LearningFailureTest extends LearningFixture {
  /** The number of prompts before the failure. The embeddings of later prompts lie between them. */
  private static final int TRAINING_PROMPTS = 120;

  private final ExecutorService judging = Executors.newSingleThreadExecutor();

  @AfterEach
  void shutDownJudging() {
    judging.shutdownNow();
  }

  @Test
  void hitsEndIfTheJudgeHangs() {
    CompletableFuture<Void> release = new CompletableFuture<>();
    AtomicBoolean hangs = new AtomicBoolean();
    AnswerJudge hanging =
        comparison -> {
          release.join();
          return Verdict.SAME;
        };
    CapturingPolicy policy =
        trainedPolicy(
            builder ->
                builder.judge(
                    comparison ->
                        (hangs.get() ? hanging : AnswerJudge.sameText()).judge(comparison)));
    hangs.set(true);

    assertHitsEnd(policy);
    release.complete(null);
  }

  @Test
  void hitsEndIfNoAnswerToAnAuditIsAdmitted() {
    AtomicBoolean rejects = new AtomicBoolean();
    CapturingPolicy policy =
        trainedPolicy(builder -> builder.admission((prompt, reply) -> !rejects.get()));
    rejects.set(true);

    assertHitsEnd(policy);
    assertThat(cache.stats().notAdmitted()).isPositive();
  }

  @Test
  void hitsEndIfTheModelFailsOnEachAudit() {
    CapturingPolicy policy = trainedPolicy(builder -> {});
    chat.replying(
        prompt -> {
          throw new IllegalStateException("injected failure");
        });

    assertHitsEnd(policy);
  }

  /** Builds a cache whose policy serves and audits every second hit. */
  private CapturingPolicy trainedPolicy(Consumer<SemanticCacheBuilder> options) {
    CapturingPolicy policy =
        CapturingPolicy.of(budget.policy().auditRate(0.5).fallback(HitPolicy.never()));
    cache.close();
    SemanticCacheBuilder builder =
        builder().hitPolicy(policy).judge(AnswerJudge.sameText()).judgeExecutor(judging);
    options.accept(builder);
    cache = builder.build();
    for (int i = 0; i < TRAINING_PROMPTS; i++) {
      askAndJudge(i % 3, 2 * i);
    }
    assertThat(policy.state()).isEqualTo(Learner.State.SERVING);
    return policy;
  }

  /** Waits for the judge, so that the learned state does not depend on timing. */
  private void askAndJudge(int topic, int number) {
    ask(topic, number);
    CompletableFuture.runAsync(() -> {}, judging).join();
  }

  private void assertHitsEnd(CapturingPolicy policy) {
    int hits = 0;
    for (int i = 0; i < 100; i++) {
      hits += isHit(i % 3, 2 * i + 1) ? 1 : 0;
    }
    assertThat(hits).isBetween(1, 60);
    assertThat(IntStream.range(100, TRAINING_PROMPTS).filter(i -> isHit(i % 3, 2 * i + 1)))
        .isEmpty();
    assertThat(policy.state()).isEqualTo(Learner.State.SERVING);
  }

  private boolean isHit(int topic, int number) {
    try {
      return ask(topic, number).isHit();
    } catch (IllegalStateException e) {
      return false;
    }
  }

  @Test
  void changesOfThePolicyStateAreCountedAndPublished() {
    List<CacheEvent.PolicyStateChanged> changes = new ArrayList<>();
    CapturingPolicy policy =
        trainedPolicy(
            builder ->
                builder.listener(
                    event -> {
                      if (event instanceof CacheEvent.PolicyStateChanged changed) {
                        changes.add(changed);
                      }
                    }));
    assertThat(cache.stats().policyState()).isEqualTo(Learner.State.SERVING);

    chat.replying(prompt -> ChatReply.of("another answer to " + prompt.text()));
    for (int i = 0; policy.state() != Learner.State.TRIPPED && i < 500; i++) {
      askAndJudge(i % 3, 1_000 + i);
    }

    assertThat(cache.stats().policyState()).isEqualTo(Learner.State.TRIPPED);
    assertThat(cache.stats().policyTrips()).isEqualTo(1);
    assertThat(changes)
        .extracting(CacheEvent.PolicyStateChanged::now)
        .containsExactly(Learner.State.LEARNING, Learner.State.SERVING, Learner.State.TRIPPED);
    Learner other = policy.policy().newLearner();
    other.merge(new StateBlob(store, "policy", EmbeddingSpace.of(embedder)).load().orElseThrow());
    assertThat(other.snapshot()).isEqualTo(policy.snapshot());
  }

  @Test
  void cachesWithTheSamePolicyHaveSeparateLearners() {
    CapturingPolicy policy = trainedPolicy(builder -> {});

    try (SemanticCache second =
        SemanticCache.builder()
            .embedder(embedder)
            .hitPolicy(policy)
            .judge(AnswerJudge.sameText())
            .build()) {
      assertThat(second.stats().policyState()).isEqualTo(Learner.State.COLD);
      assertThat(cache.stats().policyState()).isEqualTo(Learner.State.SERVING);
    }
  }

  @Test
  void contradictoryPolicyOptionsAreRejectedByBuild() {
    SemanticCacheBuilder contradictory =
        builder().hitPolicy(ErrorBudget.of(0.1).window(100)).judge(AnswerJudge.sameText());

    assertThatThrownBy(contradictory::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("window is 100; it must be at least the warmUp, 300");
  }

  @Test
  void errorOfTheJudgeIsCountedAndTheAnswerReturned() {
    cache.close();
    cache =
        learning(
                comparison -> {
                  throw new NoClassDefFoundError("injected failure");
                })
            .judgeExecutor(Runnable::run)
            .build();

    ask(1, 0);

    assertThat(ask(1, 1).text()).isEqualTo("1");
    assertThat(quality().unknown()).isEqualTo(1);
    assertThat(cache.stats().policyErrors()).isEqualTo(1);
  }

  @Test
  void comparisonIsDroppedIfTheExecutorThrows() {
    cache.close();
    cache =
        learning(AnswerJudge.sameText())
            .judgeExecutor(
                task -> {
                  throw new IllegalStateException("the pool is closed");
                })
            .build();

    ask(1, 0);

    assertThat(ask(1, 1).text()).isEqualTo("1");
    assertThat(quality().dropped()).isEqualTo(1);
  }

  @Test
  void stateIsSavedOnCloseAfterAFailedSave() {
    InMemoryVectorStore states = InMemoryVectorStore.of(embedder);
    AtomicBoolean isDown = new AtomicBoolean(true);
    cache.close();
    cache =
        learning(AnswerJudge.sameText())
            .judgeExecutor(Runnable::run)
            .stateStore(failingWhile(isDown, states))
            .build();
    long before = cache.stats().policyErrors();
    for (int i = 0; cache.stats().policyErrors() == before; i++) {
      ask(i % 3, i);
    }
    isDown.set(false);

    cache.close();

    assertThat(states.load("policy")).isPresent();
  }

  private static StateStore failingWhile(AtomicBoolean isDown, StateStore store) {
    return new StateStore() {
      @Override
      public Optional<byte[]> load(String name) {
        return store.load(name);
      }

      @Override
      public void update(String name, Function<Optional<byte[]>, byte[]> change) {
        if (isDown.get()) {
          throw new StoreException("down");
        }
        store.update(name, change);
      }
    };
  }
}
