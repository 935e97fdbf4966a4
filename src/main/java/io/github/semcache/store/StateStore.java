package io.github.semcache.store;

import java.util.Optional;

/**
 * Keeps what a cache has learned, beside its entries: a few named blobs of up to about a megabyte.
 * They belong to one cache and one {@link io.github.semcache.embedding.EmbeddingSpace}, as the
 * entries do, and do not expire.
 *
 * <p>Implementations are safe for use by many threads at once, and may block on disk or network.
 */
public interface StateStore {

  /**
   * Reads a blob.
   *
   * @param name its name: lower-case letters and hyphens
   * @return what was saved last, or empty
   * @throws StoreException if the store cannot be asked
   */
  Optional<byte[]> load(String name);

  /**
   * Keeps a blob, replacing the one of that name, whole or not at all.
   *
   * @param name its name: lower-case letters and hyphens
   * @param state the bytes
   * @throws StoreException if the store cannot be asked
   */
  void save(String name, byte[] state);
}
