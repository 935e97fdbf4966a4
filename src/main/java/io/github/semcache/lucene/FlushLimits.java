package io.github.semcache.lucene;

import java.time.Duration;

/**
 * When unflushed changes are written to the index, and when its segments are merged into one.
 *
 * @param changes the number of unflushed changes that triggers a flush
 * @param heapBytes the heap size of unflushed entries that triggers a flush
 * @param retryAfter the delay before a failed flush is retried
 * @param mergeAfter the time since the last flush after which segments are merged into one
 */
record FlushLimits(int changes, long heapBytes, Duration retryAfter, Duration mergeAfter) {
  /** Writers wait when the backlog reaches this multiple of the limits. */
  private static final int MAX_BACKLOG = 8;

  static final FlushLimits DEFAULT = new FlushLimits(1_000, 32L << 20, Duration.ofSeconds(5));

  /** Creates limits with which segments are merged into one ten seconds after the last flush. */
  FlushLimits(int changes, long heapBytes, Duration retryAfter) {
    this(changes, heapBytes, retryAfter, Duration.ofSeconds(10));
  }

  /** Returns whether a flush is due. */
  boolean isFlushDue(EntryTable.Backlog backlog) {
    return backlog.changes() >= changes || backlog.heapBytes() >= heapBytes;
  }

  /** Returns whether writers must wait for a flush. */
  boolean isExceeded(EntryTable.Backlog backlog) {
    return backlog.entries() >= (long) MAX_BACKLOG * changes
        || backlog.heapBytes() >= MAX_BACKLOG * heapBytes;
  }
}
