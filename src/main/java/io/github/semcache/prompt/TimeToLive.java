package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** The bounds of a time to live: what every store can keep to the millisecond. */
public final class TimeToLive {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(36_525);

  private TimeToLive() {}

  /**
   * Checks a time to live.
   *
   * @param timeToLive the time to check
   * @return the same time
   * @throws IllegalArgumentException if it is shorter than a millisecond or longer than 100 years
   */
  public static Duration check(Duration timeToLive) {
    requireNonNull(timeToLive, "timeToLive");
    if (timeToLive.compareTo(SHORTEST) < 0 || timeToLive.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "timeToLive is " + timeToLive + "; it must be between 1 ms and 36525 days");
    }
    return timeToLive;
  }
}
