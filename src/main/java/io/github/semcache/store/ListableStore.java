package io.github.semcache.store;

import java.util.stream.Stream;

/**
 * A store that can show all that it holds. For tools and for people: the cache itself never asks.
 *
 * <p>Implementations are safe for use by many threads at once.
 */
public interface ListableStore {

  /**
   * All living entries, in no particular order. Entries that are put or removed while the stream is
   * read may or may not be among them; those that cannot be read are left out.
   *
   * @return a stream that is to be closed, and whose reading may block on disk or network and throw
   *     a {@link StoreException}
   * @throws StoreException if the store cannot be asked
   */
  Stream<ListedEntry> entries();
}
