package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

/**
 * An entry and its distance from a query. Immutable.
 *
 * @param entry the entry
 * @param distance the cosine distance between the embeddings of the entry's prompt and of the
 *     query, in [0, 2]
 */
public record Match(CacheEntry entry, double distance) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the distance is outside [0, 2] or not a number
   */
  public Match {
    requireNonNull(entry, "entry");
    if (!(distance >= 0 && distance <= 2)) {
      throw new IllegalArgumentException(
          "distance is " + distance + "; a cosine distance must be between 0 and 2");
    }
  }
}
