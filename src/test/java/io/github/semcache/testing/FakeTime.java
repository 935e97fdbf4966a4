package io.github.semcache.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is moved; also a ticker of nanoseconds. */
public final class FakeTime implements InstantSource {
  private volatile Instant now;

  public FakeTime(Instant start) {
    now = start;
  }

  public static FakeTime atStartOf2026() {
    return new FakeTime(Instant.parse("2026-01-01T00:00:00Z"));
  }

  public synchronized void advance(Duration duration) {
    now = now.plus(duration);
  }

  public long nanos() {
    return Duration.between(Instant.EPOCH, now).toNanos();
  }

  @Override
  public Instant instant() {
    return now;
  }
}
