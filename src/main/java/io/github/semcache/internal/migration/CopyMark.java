package io.github.semcache.internal.migration;

import io.github.semcache.store.CacheEntry;
import java.util.UUID;

/**
 * Marks an entry as a copy of an entry of another store, as an attribute. A copy is pending until
 * it is certain that its original was not removed before it was written. A pending copy is not
 * served.
 */
public final class CopyMark {
  private static final String ATTRIBUTE = "copy";
  private static final String CONFIRMED = "confirmed";

  private CopyMark() {}

  /** Returns a token that identifies a pending copy. */
  static String newToken() {
    return UUID.randomUUID().toString();
  }

  static CacheEntry pending(CacheEntry entry, String token) {
    return with(entry, token);
  }

  static CacheEntry confirmed(CacheEntry entry) {
    return with(entry, CONFIRMED);
  }

  private static CacheEntry with(CacheEntry entry, String mark) {
    return entry.attribute(ATTRIBUTE, mark);
  }

  /** Returns whether an entry is the pending copy with a token. */
  static boolean isPending(CacheEntry entry, String token) {
    return token.equals(entry.attributes().get(ATTRIBUTE));
  }

  /** Returns whether an entry is a copy that may be served. */
  static boolean isConfirmed(CacheEntry entry) {
    return CONFIRMED.equals(entry.attributes().get(ATTRIBUTE));
  }

  /**
   * Returns whether an entry is a pending copy, which must not be served.
   *
   * @param entry the entry
   * @return whether it is a pending copy
   */
  public static boolean isPending(CacheEntry entry) {
    String mark = entry.attributes().get(ATTRIBUTE);
    return mark != null && !mark.equals(CONFIRMED);
  }
}
