package io.github.semcache.internal.entry;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.util.List;

/** The mark of curated entries, an attribute that is returned with every lookup. */
public final class Curation {
  static final String ATTRIBUTE = "curated";

  private Curation() {}

  /**
   * Marks an entry as curated.
   *
   * @param entry the entry
   * @return the entry with the mark
   */
  public static CacheEntry mark(CacheEntry entry) {
    return entry.attribute(ATTRIBUTE, "true");
  }

  /** Returns the entry without the mark, for copies that nobody checked. */
  static CacheEntry unmark(CacheEntry entry) {
    return entry.withoutAttribute(ATTRIBUTE);
  }

  /**
   * Returns whether an entry is curated.
   *
   * @param entry the entry
   * @return whether it has the mark
   */
  public static boolean isCurated(CacheEntry entry) {
    return entry.attributes().containsKey(ATTRIBUTE);
  }

  /**
   * Returns the curated matches.
   *
   * @param matches the matches
   * @return those with the mark, in the same order
   */
  public static List<Match> curated(List<Match> matches) {
    return matches.stream().filter(match -> isCurated(match.entry())).toList();
  }
}
