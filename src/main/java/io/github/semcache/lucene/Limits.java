package io.github.semcache.lucene;

import java.time.Duration;

/**
 * How much may be in the log, and in the heap beside it, before it goes into the index.
 *
 * @param changes so many changes
 * @param heapBytes entries of so many bytes
 * @param retryAfter how long to wait when it could not go there
 */
record Limits(int changes, long heapBytes, Duration retryAfter) {
  /** Writers wait when there is so many times as much. */
  private static final int BACKLOG = 8;

  static final Limits DEFAULT = new Limits(1_000, 32L << 20, Duration.ofSeconds(5));

  /** Whether it is worth a commit. */
  boolean areReached(EntryTable.Backlog backlog) {
    return backlog.untold() >= changes || backlog.heapBytes() >= heapBytes;
  }

  /** Whether writers have to wait. */
  boolean isFull(EntryTable.Backlog backlog) {
    return backlog.entries() >= (long) BACKLOG * changes
        || backlog.heapBytes() >= BACKLOG * heapBytes;
  }
}
