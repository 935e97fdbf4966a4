package io.github.semcache.store;

import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Estimates the memory that an entry takes on the heap. */
final class EntrySize {
  /**
   * The approximate number of bytes of the objects of an entry without its texts: the entry, its
   * key and scope, and its places in the maps of the store. Measured with compressed references.
   */
  private static final int OVERHEAD = 550;

  /** The approximate number of bytes of a scope without its entries. */
  static final int SCOPE = 450;

  /** The size of a string without its characters. */
  private static final int STRING = 40;

  private static final int MAP_ENTRY = 32;
  private static final char LAST_LATIN1 = 0xFF;

  private EntrySize() {}

  /**
   * Returns the approximate number of bytes of an entry without its embedding.
   *
   * @param entry the entry
   * @param terms the terms of the entry
   */
  static long of(CacheEntry entry, Set<String> terms) {
    return OVERHEAD + of(entry.prompt()) + of(entry.answer()) + of(entry.attributes()) + of(terms);
  }

  private static long of(Map<String, String> attributes) {
    return of(attributes.keySet()) + of(attributes.values());
  }

  private static long of(Collection<String> strings) {
    long sum = 0;
    for (String string : strings) {
      sum += MAP_ENTRY / 2 + of(string);
    }
    return sum;
  }

  /** Returns one byte per character if all are in Latin-1, as the JVM stores them, or else two. */
  private static long of(String string) {
    for (int i = 0; i < string.length(); i++) {
      if (string.charAt(i) > LAST_LATIN1) {
        return STRING + 2L * string.length();
      }
    }
    return STRING + (long) string.length();
  }
}
