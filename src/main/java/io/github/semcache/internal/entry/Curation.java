package io.github.semcache.internal.entry;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
    Map<String, String> attributes = new HashMap<>(entry.attributes());
    attributes.put(ATTRIBUTE, "true");
    return entry.attributes(attributes);
  }

  /** Returns the entry without the mark, for copies that nobody checked. */
  static CacheEntry unmark(CacheEntry entry) {
    Map<String, String> attributes = new HashMap<>(entry.attributes());
    attributes.remove(ATTRIBUTE);
    return entry.attributes(attributes);
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
