package io.github.semcache.stats;

import java.util.concurrent.atomic.LongAdder;

/** Counts stale hits, refreshes, and superseded answers. Thread-safe. */
final class FreshnessCounter {
  private final LongAdder staleHits = new LongAdder();
  private final LongAdder refreshes = new LongAdder();
  private final LongAdder refreshesDropped = new LongAdder();
  private final LongAdder superseded = new LongAdder();

  /** Counts an event; returns whether this counter counts events of its type. */
  boolean count(CacheEvent event) {
    if (event instanceof CacheEvent.StaleHit) {
      staleHits.increment();
    } else if (event instanceof CacheEvent.RefreshStarted) {
      refreshes.increment();
    } else if (event instanceof CacheEvent.RefreshDropped) {
      refreshesDropped.increment();
    } else if (event instanceof CacheEvent.Superseded) {
      superseded.increment();
    } else {
      return false;
    }
    return true;
  }

  CacheStats.Freshness snapshot() {
    return new CacheStats.Freshness(
        staleHits.sum(), refreshes.sum(), refreshesDropped.sum(), superseded.sum());
  }
}
