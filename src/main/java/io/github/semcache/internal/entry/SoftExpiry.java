package io.github.semcache.internal.entry;

import io.github.semcache.store.CacheEntry;
import java.time.Duration;

/**
 * The soft time to live of entries, after which an answer is stale. A refresh is due earlier: up to
 * a tenth of the soft time to live before its end. The fraction depends on the entry, so that
 * entries that were stored together are not refreshed together, and all instances agree on the
 * time.
 *
 * @param softTimeToLive the soft time to live
 */
public record SoftExpiry(Duration softTimeToLive) {
  private static final double EARLY_FRACTION = 0.1;

  /** A prime number, which distributes hashes over the range. */
  private static final int SLOTS = 10_007;

  /** Returns whether an answer of an age is stale. */
  public boolean isStale(Duration age) {
    return age.compareTo(softTimeToLive) >= 0;
  }

  /** Returns whether an entry of an age should be refreshed. */
  public boolean isDue(CacheEntry entry, Duration age) {
    int hash = 31 * entry.key().hashCode() + entry.createdAt().hashCode();
    double early = EARLY_FRACTION * Math.floorMod(hash, SLOTS) / SLOTS;
    return age.toMillis() >= softTimeToLive.toMillis() * (1 - early);
  }
}
