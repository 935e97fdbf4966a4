package io.github.semcache.store;

import java.util.List;

/**
 * The result of a nearest-neighbor search.
 *
 * @param matches living entries, sorted by distance
 * @param corrupt the number of further entries that were found but could not be read; expired
 *     entries do not count
 */
public record NearestEntries(List<Match> matches, int corrupt) {
  private static final NearestEntries NONE = new NearestEntries(List.of(), 0);

  /** Copies the list. */
  public NearestEntries {
    matches = List.copyOf(matches);
  }

  /**
   * Returns an empty result.
   *
   * @return a result without matches and corrupt entries
   */
  public static NearestEntries none() {
    return NONE;
  }
}
