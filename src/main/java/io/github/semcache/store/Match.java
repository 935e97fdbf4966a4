package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

/**
 * An entry and how far its prompt is from the one that was asked.
 *
 * @param entry the entry
 * @param distance the cosine distance of the two prompts, 0 to 2
 */
public record Match(CacheEntry entry, double distance) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the distance is outside 0 to 2
   */
  public Match {
    requireNonNull(entry, "entry");
    if (!(distance >= 0 && distance <= 2)) {
      throw new IllegalArgumentException(
          "distance is " + distance + "; a cosine distance lies between 0 and 2");
    }
  }
}
