package io.github.semcache;

import io.github.semcache.store.VectorStore;

/** A store that the caches of one builder use; it is closed with the last of them. */
final class SharedStore {
  private final VectorStore store;
  private int users;

  SharedStore(VectorStore store) {
    this.store = store;
  }

  VectorStore store() {
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
    return users == 0;
  }
}
