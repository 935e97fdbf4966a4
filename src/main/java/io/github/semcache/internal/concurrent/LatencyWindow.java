package io.github.semcache.internal.concurrent;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The durations of the latest 128 calls. Thread-safe; does not wait. */
public final class LatencyWindow {
  private static final int SIZE = 128;
  private static final int MIN_COUNT = 20;

  private final long[] nanos = new long[SIZE];
  private long count;

  /** Creates an empty window. */
  public LatencyWindow() {}

  /**
   * Adds the duration of a call.
   *
   * @param duration the duration
   */
  public synchronized void add(Duration duration) {
    nanos[(int) (count++ % SIZE)] = duration.toNanos();
  }

  /**
   * Returns one of the durations.
   *
   * @param random selects it
   * @return a duration; empty if there is none
   */
  synchronized Optional<Duration> any(RandomGenerator random) {
    int size = (int) Math.min(count, SIZE);
    return size == 0
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(nanos[random.nextInt(size)]));
  }

  /**
   * Returns the 95th percentile of the durations (nearest rank).
   *
   * @return the percentile; empty if there are fewer than 20 durations
   */
  public synchronized Optional<Duration> percentile95() {
    int size = (int) Math.min(count, SIZE);
    if (size < MIN_COUNT) {
      return Optional.empty();
    }
    long[] sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    return Optional.of(Duration.ofNanos(sorted[(size * 95 + 99) / 100 - 1]));
  }
}
