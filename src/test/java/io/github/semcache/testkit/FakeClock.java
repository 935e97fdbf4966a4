package io.github.semcache.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that only advances when a test advances it. Usable as an {@link InstantSource} and, by
 * {@link #nanos()}, as a nanosecond ticker. Thread-safe.
 */
public final class FakeClock implements InstantSource {
  private volatile Instant now;

  /** Creates a clock that shows 2026-01-01T00:00:00Z. */
  public FakeClock() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  /**
   * Creates a clock.
   *
   * @param start the time that it shows
   */
  public FakeClock(Instant start) {
    now = start;
  }

  /**
   * Advances this clock.
   *
   * @param duration the duration to add; a negative one sets the clock back
   */
  public synchronized void advance(Duration duration) {
    now = now.plus(duration);
  }

  /**
   * Returns the time of this clock as a nanosecond count, like {@link System#nanoTime()}.
   *
   * @return the nanoseconds since an arbitrary but fixed point in time
   */
  public long nanos() {
    return Duration.between(Instant.EPOCH, now).toNanos();
  }

  @Override
  public Instant instant() {
    return now;
  }
}
