package io.github.semcache.store;

import java.util.List;

/**
 * What a search for nearest entries found.
 *
 * @param matches living entries, nearest first
 * @param corrupt how many further entries were found that could not be read; entries that have
 *     merely expired do not count
 */
public record NearestEntries(List<Match> matches, int corrupt) {
  private static final NearestEntries NONE = new NearestEntries(List.of(), 0);

  /** Copies the list. */
  public NearestEntries {
    matches = List.copyOf(matches);
  }

  /**
   * Nothing found.
   *
   * @return no matches
   */
  public static NearestEntries none() {
    return NONE;
  }
}
