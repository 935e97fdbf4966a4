package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A store that can list its entries. For tools; the cache itself never lists entries.
 *
 * <p>Implementations are thread-safe.
 */
public interface ListableStore {

  /**
   * Returns all live entries, in no particular order. Entries that are put or removed while the
   * stream is read may or may not be included. Entries that cannot be read are skipped.
   *
   * @return a stream that the caller must close; reading it may block on disk or network and throw
   *     a {@link StoreException}
   * @throws StoreException if the store fails
   */
  Stream<ListedEntry> entries();

  /**
   * An entry and its expiry.
   *
   * @param entry the entry
   * @param expiresAt the expiry time; empty if it does not expire
   */
  record ListedEntry(CacheEntry entry, Optional<Instant> expiresAt) {
    /** Checks the components. */
    public ListedEntry {
      requireNonNull(entry, "entry");
      requireNonNull(expiresAt, "expiresAt");
    }
  }
}
