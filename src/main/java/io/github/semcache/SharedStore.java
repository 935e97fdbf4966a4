package io.github.semcache;

import io.github.semcache.store.VectorStore;

/** A store that the caches of one builder use; it is closed with the last of them. */
final class SharedStore {
  private final VectorStore store;
  private int users;
  private boolean closed;

  SharedStore(VectorStore store) {
    this.store = store;
  }

  /**
   * The store.
   *
   * @throws IllegalStateException if it was closed
   */
  synchronized VectorStore store() {
    if (closed) {
      throw new IllegalStateException(
          "store was closed with the last cache of this builder; give the builder a new one");
    }
    return store;
  }

  /** One more cache uses the store. */
  synchronized void enter() {
    users++;
  }

  /** A cache needs the store no more. */
  void leave() {
    if (isUnused()) {
      store.close();
    }
  }

  private synchronized boolean isUnused() {
    users--;
    closed = users == 0;
    return closed;
  }
}
