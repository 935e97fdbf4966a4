package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.TimeToLive;
import java.time.Duration;
import java.util.Optional;

/**
 * An entry on its way into a store.
 *
 * @param entry the entry
 * @param embedding the embedding of its prompt; empty where none could be made: then the entry is
 *     found by its key alone
 * @param timeToLive how long to keep it, counted from now; empty keeps it without expiry
 */
public record NewEntry(
    CacheEntry entry, Optional<Embedding> embedding, Optional<Duration> timeToLive) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the time to live is shorter than a millisecond or longer
   *     than 100 years
   */
  public NewEntry {
    requireNonNull(entry, "entry");
    requireNonNull(embedding, "embedding");
    timeToLive.ifPresent(TimeToLive::check);
  }
}
