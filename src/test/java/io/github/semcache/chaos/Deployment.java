package io.github.semcache.chaos;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.VectorStore;
import java.time.InstantSource;

/** Where the entries of a cache are stored. Started for one scenario. */
interface Deployment extends AutoCloseable {
  /** The name of the cache in Redis. */
  String CACHE_NAME = "chaos";

  /** The prefix of the keys of all entries in Redis. */
  String ENTRY_PREFIX = CACHE_NAME + ":v";

  /** Opens a store. The caller closes it. */
  VectorStore open(EmbeddingSpace space, InstantSource time);

  /** Closes the clients that were passed to stores, which do not close them. */
  default void closeClients() {}

  /** Returns the number of connections of the cache's clients. */
  int connections();

  /** Returns the number of entries that do not expire. */
  long entriesWithoutExpiry();

  /** Stops the servers and deletes the data. */
  @Override
  void close();
}
