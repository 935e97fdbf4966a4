package io.github.semcache.internal.store;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A clock that does not go back, for stores that compare their entries with the clock of this
 * machine. If the underlying clock is set back by a second or more, this clock continues with a
 * monotonic ticker, so that expired entries stay expired. If the underlying clock is set forward
 * later, this clock approaches it again.
 *
 * <p>Thread-safe. Does not block.
 */
public final class MonotonicClock implements InstantSource {
  /** Smaller corrections, for example by NTP, do not count as setting the clock back. */
  private static final Duration TOLERANCE = Duration.ofSeconds(1);

  /** The minimum time between two readings that are saved, which bounds the cost of a call. */
  private static final int RESOLUTION_NANOS = 10_000_000;

  private final InstantSource time;
  private final LongSupplier ticker;

  /** Written under the monitor of this object. */
  private volatile Reading last;

  /**
   * A reading of the underlying clock and the ticker.
   *
   * @param offset the time by which this clock is ahead of the underlying clock
   */
  private record Reading(Instant time, long nanos, Duration offset) {
    Instant instant() {
      return time.plus(offset);
    }
  }

  private MonotonicClock(InstantSource time, LongSupplier ticker) {
    this.time = time;
    this.ticker = ticker;
    this.last = new Reading(time.instant(), ticker.getAsLong(), Duration.ZERO);
  }

  /**
   * Returns a clock that follows another one.
   *
   * @param time the underlying clock
   * @return a clock that does not go back; the same clock if it is one
   */
  public static MonotonicClock of(InstantSource time) {
    return time instanceof MonotonicClock monotonic ? monotonic : of(time, System::nanoTime);
  }

  /**
   * Returns a clock that follows another one.
   *
   * @param time the underlying clock
   * @param ticker a count of nanoseconds from any origin
   * @return a clock that does not go back
   */
  public static MonotonicClock of(InstantSource time, LongSupplier ticker) {
    return new MonotonicClock(requireNonNull(time, "time"), ticker);
  }

  @Override
  public Instant instant() {
    Instant now = time.instant();
    Reading seen = last;
    if (isJustAfter(now, seen.time())) {
      return now.plus(seen.offset());
    }
    if (now.isBefore(seen.time())) {
      return Duration.between(now, seen.time()).compareTo(TOLERANCE) < 0
          ? seen.instant()
          : save(seen, setBack(seen, now));
    }
    return save(seen, advanced(seen, now));
  }

  /** Returns whether no new reading has to be saved. Allocates nothing. */
  private static boolean isJustAfter(Instant now, Instant seen) {
    long nanos = (long) now.getNano() - seen.getNano();
    return now.getEpochSecond() == seen.getEpochSecond() && nanos >= 0 && nanos < RESOLUTION_NANOS;
  }

  private Reading setBack(Reading seen, Instant now) {
    long nanos = ticker.getAsLong();
    Duration back = Duration.between(now, seen.time());
    return new Reading(now, nanos, seen.offset().plus(back).plus(elapsed(seen, nanos)));
  }

  /** Returns the next reading; a jump forward shortens the offset. */
  private Reading advanced(Reading seen, Instant now) {
    long nanos = ticker.getAsLong();
    Duration offset = seen.offset();
    if (!offset.isZero()) {
      Duration jump = Duration.between(seen.time(), now).minus(elapsed(seen, nanos));
      if (jump.compareTo(TOLERANCE) > 0) {
        offset = jump.compareTo(offset) < 0 ? offset.minus(jump) : Duration.ZERO;
      }
    }
    return new Reading(now, nanos, offset);
  }

  private static Duration elapsed(Reading seen, long nanos) {
    return Duration.ofNanos(Math.max(0, nanos - seen.nanos()));
  }

  /** Saves a reading unless another thread has saved one since the previous reading was seen. */
  @SuppressWarnings("ReferenceEquality") // equal readings may be different ones
  private synchronized Instant save(Reading seen, Reading next) {
    if (last == seen) {
      last = next;
    }
    return last.instant();
  }

  /**
   * Advances this clock, for example to the time of the latest entry of a store that is opened.
   *
   * @param earliest the earliest time that this clock returns from now on
   */
  public void advanceTo(Instant earliest) {
    Instant now = instant();
    if (now.isBefore(earliest)) {
      addOffset(Duration.between(now, earliest));
    }
  }

  private synchronized void addOffset(Duration missing) {
    Reading seen = last;
    last = new Reading(seen.time(), seen.nanos(), seen.offset().plus(missing));
  }
}
