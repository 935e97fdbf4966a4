package io.github.semcache.lucene;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The in-memory reference to one version of an entry. Guarded by the lock of the {@link
 * EntryTable}.
 */
final class EntryRef {
  /** The value of {@link #expiresAt} for an entry without a time to live. */
  static final long NEVER = Long.MAX_VALUE;

  static final Comparator<EntryRef> BY_EXPIRY =
      Comparator.comparingLong((EntryRef ref) -> ref.expiresAt)
          .thenComparingLong(ref -> ref.sequence);

  final String key;
  final ScopeRef scope;
  final long sequence;

  /** Milliseconds since the epoch. */
  final long createdAt;

  /** Milliseconds since the epoch, or {@link #NEVER}. */
  final long expiresAt;

  /** The version itself while it is in the {@link Memtable}; null once the snapshot contains it. */
  LogRecord.@Nullable Put unflushed;

  /** Whether this version was replaced, removed, or evicted, or was removed after it expired. */
  boolean deleted;

  EntryRef(EntryMetadata metadata, ScopeRef scope) {
    this.key = metadata.key();
    this.scope = scope;
    this.sequence = metadata.sequence();
    this.createdAt = metadata.createdAt();
    this.expiresAt = metadata.expiresAt();
  }

  boolean isLiveAt(long now) {
    return now < expiresAt;
  }

  /** Returns the expiry; empty if the entry does not expire. */
  Optional<Instant> expiry() {
    return expiresAt == NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expiresAt));
  }
}
