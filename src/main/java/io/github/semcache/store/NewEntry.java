package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import java.time.Duration;
import java.util.Optional;

/**
 * An entry to be written to a store.
 *
 * @param entry the entry
 * @param embedding the embedding of its prompt; an entry without one is found by its key only
 * @param timeToLive the time to live, counted from the write; empty if the entry does not expire
 */
public record NewEntry(
    CacheEntry entry, Optional<Embedding> embedding, Optional<Duration> timeToLive) {
  private static final Duration MIN_TIME_TO_LIVE = Duration.ofMillis(1);
  private static final Duration MAX_TIME_TO_LIVE = Duration.ofDays(36_525);

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the time to live is shorter than a millisecond or longer
   *     than 36,525 days (100 years)
   */
  public NewEntry {
    requireNonNull(entry, "entry");
    requireNonNull(embedding, "embedding");
    requireNonNull(timeToLive, "timeToLive");
    timeToLive.ifPresent(NewEntry::checkTimeToLive);
  }

  private static void checkTimeToLive(Duration timeToLive) {
    if (timeToLive.compareTo(MIN_TIME_TO_LIVE) < 0 || timeToLive.compareTo(MAX_TIME_TO_LIVE) > 0) {
      throw new IllegalArgumentException(
          "timeToLive is " + timeToLive + "; it must be between 1 ms and 36525 days");
    }
  }
}
