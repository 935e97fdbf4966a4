package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.Optional;

/**
 * An entry to be written to a store.
 *
 * @param entry the entry
 * @param embedding the embedding of its prompt; an entry without an embedding is found only by its
 *     key
 * @param timeToLive the time to live, counted from the write; empty if the entry does not expire
 */
public record NewEntry(
    CacheEntry entry, Optional<Embedding> embedding, Optional<Duration> timeToLive) {

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
    timeToLive.ifPresent(Prompt::checkTimeToLive);
  }
}
