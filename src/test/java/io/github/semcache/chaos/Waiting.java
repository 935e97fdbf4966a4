package io.github.semcache.chaos;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for a condition of a server. */
final class Waiting {
  private static final Duration INTERVAL = Duration.ofMillis(20);

  private Waiting() {}

  /**
   * Waits until a condition holds.
   *
   * @throws IllegalStateException if it does not hold in time
   */
  static void until(Duration limit, String expectation, BooleanSupplier condition) {
    if (!within(limit, condition)) {
      throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + expectation);
    }
  }

  /** Returns whether a condition holds within a time. A failure of the condition is no success. */
  static boolean within(Duration limit, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!holds(condition)) {
      if (System.nanoTime() - start > limit.toNanos()) {
        return false;
      }
      Pause.of(INTERVAL);
    }
    return true;
  }

  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (RuntimeException e) {
      return false; // The server does not respond yet.
    }
  }
}
