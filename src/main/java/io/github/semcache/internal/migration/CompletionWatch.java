package io.github.semcache.internal.migration;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StateStore;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Observes whether a migration is complete. The state is read on an executor when it is asked for,
 * at most every five seconds, and not again after the migration is complete. Thread-safe.
 */
public final class CompletionWatch {
  private static final long INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final StateStore states;
  private final EmbeddingSpace from;
  private final Executor executor;
  private final LongSupplier ticker;
  private final Consumer<RuntimeException> onFailure;
  private final AtomicLong nextCheck;
  private volatile boolean isComplete;

  /**
   * Creates the watch.
   *
   * @param states the state of the new store
   * @param from the old vector space
   * @param executor reads the state
   * @param ticker a count of nanoseconds from any origin
   * @param onFailure receives failures of the store; must not throw
   */
  public CompletionWatch(
      StateStore states,
      EmbeddingSpace from,
      Executor executor,
      LongSupplier ticker,
      Consumer<RuntimeException> onFailure) {
    this.states = states;
    this.from = from;
    this.executor = executor;
    this.ticker = ticker;
    this.onFailure = onFailure;
    this.nextCheck = new AtomicLong(ticker.getAsLong());
  }

  /**
   * Returns whether the migration is known to be complete. Does not block, unless the executor runs
   * tasks on the calling thread.
   *
   * @return whether the latest reading found it complete; false before the first one
   */
  public boolean isComplete() {
    if (!isComplete) {
      long due = nextCheck.get();
      long now = ticker.getAsLong();
      if (now - due >= 0 && nextCheck.compareAndSet(due, now + INTERVAL_NANOS)) {
        try {
          executor.execute(this::check);
        } catch (RejectedExecutionException e) {
          onFailure.accept(e); // The cache is closed, or all threads are busy.
        }
      }
    }
    return isComplete;
  }

  private void check() {
    try {
      isComplete = MigrationState.isComplete(states, from);
    } catch (RuntimeException e) {
      onFailure.accept(e);
    }
  }
}
