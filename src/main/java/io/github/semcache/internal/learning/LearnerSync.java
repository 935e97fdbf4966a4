package io.github.semcache.internal.learning;

import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.internal.concurrent.RedactedFailure;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The learner of a cache, and its synchronization with other instances on the same store. Exists
 * only if the policy learns. Failures never fail a call: they are published, and the learner
 * continues with its current state. Thread-safe.
 */
public final class LearnerSync implements Supplier<HitPolicy>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LearnerSync.class);

  /** The number of verdicts between two saves. */
  private static final int SAVE_INTERVAL = 100;

  /** The time after which the next lookup reloads the state that other instances have saved. */
  private static final long RELOAD_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();

  private final Learner learner;
  private final StateBlob state;
  private final CacheListener events;
  private final LongSupplier ticker;
  private final Executor executor;

  /** The numbers of verdicts: received, covered by an attempt to save, and covered by a save. */
  private final AtomicLong verdicts = new AtomicLong();

  private final AtomicLong attempted = new AtomicLong();
  private final AtomicLong saved = new AtomicLong();
  private final AtomicReference<Learner.State> published =
      new AtomicReference<>(Learner.State.COLD);
  private final AtomicLong nextReload;

  /**
   * Creates a learner and loads the saved state. Blocks on the store.
   *
   * @param policy the policy
   * @param state the saved state
   * @param events is notified of changes of the policy's state and of failures
   * @param ticker a nanosecond ticker
   * @param executor reloads the state
   */
  public LearnerSync(
      LearningPolicy policy,
      StateBlob state,
      CacheListener events,
      LongSupplier ticker,
      Executor executor) {
    this.learner = policy.newLearner();
    this.state = state;
    this.events = events;
    this.ticker = ticker;
    this.executor = executor;
    this.nextReload = new AtomicLong(ticker.getAsLong() + RELOAD_INTERVAL_NANOS);
    reload();
  }

  /** Returns the current policy. Schedules a reload if one is due. Does not block. */
  @Override
  public HitPolicy get() {
    long due = nextReload.get();
    long now = ticker.getAsLong();
    if (now - due >= 0 && nextReload.compareAndSet(due, now + RELOAD_INTERVAL_NANOS)) {
      schedule(this::reload);
    }
    return learner.policy();
  }

  private void reload() {
    attempt(() -> state.load().ifPresent(learner::merge));
    publishState();
  }

  /** Publishes the state of the policy if it has changed; returns whether it has. */
  private boolean publishState() {
    Learner.State now = learner.state();
    Learner.State before = published.getAndSet(now);
    if (now != before) {
      events.onEvent(new CacheEvent.PolicyStateChanged(before, now));
    }
    return now != before;
  }

  /**
   * Passes a labeled decision to the learner. If the policy trips, saves immediately, so that
   * neither other instances nor this instance after a crash continue with the old state.
   *
   * @param decision the labeled decision
   */
  public void update(LabeledDecision decision) {
    attempt(() -> learner.update(decision));
    if (decision.verdict() == Verdict.UNKNOWN) {
      return;
    }
    verdicts.incrementAndGet();
    if (publishState() && learner.state() == Learner.State.TRIPPED) {
      save();
    }
  }

  /** Saves if enough verdicts were received since the last attempt. Blocks on the store. */
  public void saveIfDue() {
    if (isSaveDue()) {
      save();
    }
  }

  /** Returns whether enough verdicts were received since the last attempt to save. */
  private boolean isSaveDue() {
    return verdicts.get() - attempted.get() >= SAVE_INTERVAL;
  }

  /** Schedules {@link #saveIfDue}. */
  void saveIfDueLater() {
    if (isSaveDue()) {
      schedule(this::saveIfDue);
    }
  }

  private void schedule(Runnable task) {
    try {
      executor.execute(task);
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      fail(e);
    }
  }

  /**
   * Merges the state with that of other instances. A failed save is retried after the next {@value
   * #SAVE_INTERVAL} verdicts and on close.
   */
  private void save() {
    long covered = verdicts.get();
    attempted.set(covered);
    attempt(
        () -> {
          state.merge(learner::merge, learner::snapshot, this::fail);
          saved.accumulateAndGet(covered, Math::max);
        });
    publishState();
  }

  private void attempt(Runnable action) {
    try {
      action.run();
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    events.onEvent(new CacheEvent.Failed(CacheEvent.Part.LEARNING, failure));
    log.debug(
        "Learning failed; the cache continues with the current state", RedactedFailure.of(failure));
  }

  /** Saves unsaved changes. Blocks on the store. */
  @Override
  public void close() {
    if (verdicts.get() > saved.get()) {
      save();
    }
  }
}
