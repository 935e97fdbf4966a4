package io.github.semcache.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Delays results that are available early, so that they take as long as the results of calls. The
 * duration is that of one of the latest 128 calls, selected at random, so the durations of delayed
 * and of other results have the same distribution. Thread-safe.
 */
public final class MatchingDelay {
  /** The maximum delay. A longer delay would hold a thread for longer than most clients wait. */
  static final Duration MAX = Duration.ofSeconds(10);

  /** The delay before the first call has ended. */
  static final Duration FIRST = Duration.ofSeconds(1);

  private final LatencyWindow calls = new LatencyWindow();

  /** Creates a delay without calls. */
  public MatchingDelay() {}

  /**
   * Adds a call.
   *
   * @param duration its duration
   */
  public void add(Duration duration) {
    calls.add(duration);
  }

  /**
   * Returns the next delay.
   *
   * @return the duration of one of the latest calls, at most 10 seconds; 1 second if there was none
   */
  Duration next() {
    Duration duration = calls.any(ThreadLocalRandom.current()).orElse(FIRST);
    return duration.compareTo(MAX) < 0 ? duration : MAX;
  }

  /**
   * Waits for the next delay. If the thread is interrupted, it returns earlier, with the interrupt
   * flag set.
   */
  public void await() {
    try {
      Thread.sleep(next().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
