package io.github.semcache.internal.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.testkit.FakeClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LearnerSyncTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("model", 2);

  private final CountingLearner learner = new CountingLearner();
  private final SlowThenFailingStore states = new SlowThenFailingStore();
  private final LearnerSync sync =
      new LearnerSync(
          learner,
          new StateBlob(states, "policy", SPACE),
          event -> {},
          new FakeClock()::nanos,
          Runnable::run);

  private void update(int verdicts) {
    for (int i = 0; i < verdicts; i++) {
      sync.update(decision());
    }
  }

  private static LabeledDecision decision() {
    Query query =
        new Query(
            "q", Scope.none(), "key", Optional.empty(), OptionalDouble.empty(), Optional.empty());
    CacheEntry entry =
        new CacheEntry("e", Scope.none().hash(), "prompt", "answer", Map.of(), Instant.EPOCH);
    Match match = new Match(entry, 0);
    Decision miss = Decision.miss(MissReason.TOO_FAR);
    return new LabeledDecision(query, List.of(match), match, miss, Verdict.SAME, Instant.EPOCH);
  }

  @Test
  void errorsOfTheLearnerArePublishedAndNotThrown() {
    List<Throwable> failures = new ArrayList<>();
    LearnerSync failing =
        new LearnerSync(
            learner,
            new StateBlob(states, "policy", SPACE),
            event -> {
              if (event instanceof CacheEvent.Failed failed) {
                failures.add(failed.cause());
              }
            },
            new FakeClock()::nanos,
            Runnable::run);
    Error failure = new StackOverflowError();
    learner.failure = Optional.of(failure);

    failing.update(decision());

    assertThat(failures).containsExactly(failure);
  }

  @Test
  void stateIsSavedEveryHundredVerdicts() {
    states.release.countDown();
    update(99);
    sync.saveIfDue();
    assertThat(states.saved()).isEmpty();

    update(1);
    sync.saveIfDue();
    assertThat(states.saved()).contains(100);

    sync.saveIfDue();
    sync.close();
    assertThat(states.updates).as("nothing new to save").hasValue(1);
  }

  @Test
  void closeSavesVerdictsWhoseSaveFailedWhileAnEarlierSaveSucceeded() throws Exception {
    update(100);
    CompletableFuture<Void> first = CompletableFuture.runAsync(sync::saveIfDue);
    states.started.await();
    update(100);
    states.fails = true;
    sync.saveIfDue();
    states.fails = false;
    states.release.countDown();
    first.join();
    assertThat(states.saved()).contains(100);

    sync.close();

    assertThat(states.saved()).contains(200);
  }

  /** A state store whose first update waits, and whose later ones fail on request. */
  private static final class SlowThenFailingStore implements StateStore {
    final CountDownLatch started = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    final AtomicInteger updates = new AtomicInteger();
    volatile boolean fails;
    private volatile Optional<byte[]> state = Optional.empty();

    @Override
    public Optional<byte[]> load(String name) {
      return state;
    }

    @Override
    public void update(String name, Function<Optional<byte[]>, byte[]> change) {
      if (fails) {
        throw new StoreException("injected failure");
      }
      byte[] changed = change.apply(state);
      if (updates.getAndIncrement() == 0) {
        started.countDown();
        awaitRelease();
      }
      state = Optional.of(changed);
    }

    private void awaitRelease() {
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new StoreException("interrupted", e);
      }
    }

    /** Returns the number of verdicts in the saved snapshot. */
    Optional<Integer> saved() {
      return new StateBlob(this, "policy", SPACE).load().map(bytes -> bytes[0] & 0xff);
    }
  }

  /** Learns the number of verdicts. */
  private static final class CountingLearner implements LearningPolicy, Learner {
    private final AtomicInteger verdicts = new AtomicInteger();
    private Optional<Error> failure = Optional.empty();

    @Override
    public Decision decide(Query query, List<Match> matches) {
      return Decision.miss(MissReason.LEARNING);
    }

    @Override
    public Learner newLearner() {
      return this;
    }

    @Override
    public HitPolicy policy() {
      return this;
    }

    @Override
    public void update(LabeledDecision decision) {
      if (failure.isPresent()) {
        throw failure.get();
      }
      verdicts.incrementAndGet();
    }

    @Override
    public Learner.State state() {
      return Learner.State.LEARNING;
    }

    @Override
    public byte[] snapshot() {
      return new byte[] {(byte) verdicts.get()};
    }

    @Override
    public void merge(byte[] snapshot) {
      // The count of this instance is the only one.
    }
  }
}
