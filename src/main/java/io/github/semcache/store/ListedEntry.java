package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * An entry that a store shows.
 *
 * @param entry the entry
 * @param expiresAt when it will be gone; empty if it does not expire
 */
public record ListedEntry(CacheEntry entry, Optional<Instant> expiresAt) {
  public ListedEntry {
    requireNonNull(entry, "entry");
    requireNonNull(expiresAt, "expiresAt");
  }
}
