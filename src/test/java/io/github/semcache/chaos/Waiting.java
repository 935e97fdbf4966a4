package io.github.semcache.chaos;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;

/** Waits for a condition of a server. A failure of the condition is no success. */
final class Waiting {
  private static final Duration INTERVAL = Duration.ofMillis(20);

  private Waiting() {}

  /**
   * Waits until a condition holds.
   *
   * @throws ConditionTimeoutException if it does not hold in time
   */
  static void until(Duration limit, String expectation, BooleanSupplier condition) {
    await(limit).alias(expectation).until(condition::getAsBoolean);
  }

  private static ConditionFactory await(Duration limit) {
    return Awaitility.await()
        .pollInSameThread() // does not change the number of threads
        .pollDelay(Duration.ZERO)
        .pollInterval(INTERVAL)
        .atMost(limit)
        .ignoreExceptions();
  }

  /** Returns whether a condition holds within a time. */
  static boolean within(Duration limit, BooleanSupplier condition) {
    try {
      await(limit).until(condition::getAsBoolean);
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }
}
