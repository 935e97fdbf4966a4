package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The options of a near cache: a copy of recently found entries in the memory of the process, in
 * front of a {@link RedisVectorStore}. It answers exact lookups without a round trip. Requires
 * Caffeine ({@code com.github.ben-manes.caffeine:caffeine} 3.x) on the class path. Immutable: each
 * option returns a copy.
 *
 * <p><b>Coherence.</b> Changes by the same store take effect immediately. Changes by other
 * processes (writes, removals, reports, versions of dependencies, also those made with {@code
 * redis-cli}) take effect within the {@linkplain #maxStaleness maximum staleness}, because an entry
 * is read again after that time. If the store opens its own connections to a single server of
 * version 6 or later, the near cache also opens one connection with RESP3 on which the server
 * reports every changed key ({@code CLIENT TRACKING} in broadcasting mode). While that connection
 * works, changes by other processes take effect as soon as the message arrives, and entries are not
 * read again. The connection is checked several times within the maximum staleness, so a broken
 * connection does not extend it.
 *
 * @param maxEntries the maximum number of entries, at least 1
 * @param maxBytes the maximum memory of the entries in bytes, estimated from the lengths of their
 *     texts; at least 1
 * @param maxStaleness the maximum time for which a change by another process may be unknown, from 1
 *     ms to 1 hour
 * @param tracking whether to open a connection on which the server reports changes, if possible
 */
public record NearCache(int maxEntries, long maxBytes, Duration maxStaleness, boolean tracking) {
  private static final long DEFAULT_MAX_BYTES = 64L << 20;
  private static final Duration DEFAULT_MAX_STALENESS = Duration.ofSeconds(1);
  private static final Duration MIN_STALENESS = Duration.ofMillis(1);
  private static final Duration MAX_STALENESS = Duration.ofHours(1);

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if a component is out of range
   */
  public NearCache {
    if (maxEntries < 1) {
      throw new IllegalArgumentException("maxEntries is " + maxEntries + "; it must be at least 1");
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes is " + maxBytes + "; it must be at least 1");
    }
    if (requireNonNull(maxStaleness, "maxStaleness").compareTo(MIN_STALENESS) < 0
        || maxStaleness.compareTo(MAX_STALENESS) > 0) {
      throw new IllegalArgumentException(
          "maxStaleness is " + maxStaleness + "; it must be from 1 ms to 1 hour");
    }
  }

  /**
   * Returns options with the defaults: 64 MiB, a maximum staleness of 1 second, and tracking.
   *
   * @param maxEntries the maximum number of entries, at least 1
   * @return the options
   * @throws IllegalArgumentException if the number is less than 1
   */
  public static NearCache of(int maxEntries) {
    return new NearCache(maxEntries, DEFAULT_MAX_BYTES, DEFAULT_MAX_STALENESS, true);
  }

  /**
   * Sets the maximum memory.
   *
   * @param maxBytes the maximum in bytes, at least 1; 64 MiB by default
   * @return a copy with that maximum
   * @throws IllegalArgumentException if the number is less than 1
   */
  public NearCache maxBytes(long maxBytes) {
    return new NearCache(maxEntries, maxBytes, maxStaleness, tracking);
  }

  /**
   * Sets the maximum time for which a change by another process may be unknown.
   *
   * @param maxStaleness the time, from 1 ms to 1 hour; 1 second by default
   * @return a copy with that time
   * @throws IllegalArgumentException if the time is out of range
   */
  public NearCache maxStaleness(Duration maxStaleness) {
    return new NearCache(maxEntries, maxBytes, maxStaleness, tracking);
  }

  /**
   * Opens no connection for the reports of the server. Entries are read again after the maximum
   * staleness.
   *
   * @return a copy without tracking
   */
  public NearCache withoutTracking() {
    return new NearCache(maxEntries, maxBytes, maxStaleness, false);
  }
}
