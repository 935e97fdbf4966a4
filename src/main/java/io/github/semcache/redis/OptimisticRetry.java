package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Limits and spaces the attempts of one compare-and-set loop. The random pauses keep many
 * concurrent writers from losing to each other again and again. Not thread-safe.
 */
final class OptimisticRetry {
  static final int MAX_ATTEMPTS = 100;
  private static final long FIRST_PAUSE_NANOS = 250_000;
  private static final long MAX_PAUSE_NANOS = 4_000_000;

  private final String action;
  private long pauseNanos = FIRST_PAUSE_NANOS;
  private int failures;

  /**
   * Creates the limit for one loop.
   *
   * @param action the attempted operation, for the exception message: "update an entry"
   */
  OptimisticRetry(String action) {
    this.action = action;
  }

  /**
   * Records that another writer was faster and pauses for up to 4 ms before the next attempt.
   *
   * @throws StoreException if this was the last attempt
   */
  void attemptFailed() {
    failures++;
    if (failures == MAX_ATTEMPTS) {
      throw new StoreException(
          "Redis failed to "
              + action
              + ": another writer changed the data during each of "
              + MAX_ATTEMPTS
              + " attempts");
    }
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(pauseNanos));
    pauseNanos = Math.min(MAX_PAUSE_NANOS, pauseNanos * 2);
  }
}
