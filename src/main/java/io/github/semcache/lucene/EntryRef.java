package io.github.semcache.lucene;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the heap knows of one version of an entry. Guarded by the lock of the {@link EntryTable}.
 */
final class EntryRef {
  /** The millisecond at which an entry without a time to live expires. */
  static final long NEVER = Long.MAX_VALUE;

  static final Comparator<EntryRef> BY_EXPIRY =
      Comparator.comparingLong((EntryRef slot) -> slot.expiresAt)
          .thenComparingLong(slot -> slot.sequence);

  final String key;
  final ScopeEntryRefs scope;
  final long sequence;
  final long createdAt;
  final long expiresAt;

  /** The version itself, as long as no search of the index would find it. */
  LogRecord.@Nullable Put recent;

  /** Whether it was replaced, removed, evicted, or has expired. */
  boolean gone;

  EntryRef(String key, ScopeEntryRefs scope, long sequence, long createdAt, long expiresAt) {
    this.key = key;
    this.scope = scope;
    this.sequence = sequence;
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
  }

  boolean livesAt(long now) {
    return now < expiresAt;
  }

  /** When it expires; empty if it does not. */
  Optional<Instant> expiry() {
    return expiresAt == NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expiresAt));
  }
}
