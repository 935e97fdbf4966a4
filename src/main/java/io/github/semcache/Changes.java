package io.github.semcache;

import io.github.semcache.store.Selection;
import io.github.semcache.store.VectorStore;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Removes entries, but not while one is read and written again, which would bring it back. That
 * holds within one cache: other instances on the same store know nothing of it. Safe for use by
 * many threads.
 */
final class Removals {
  private final VectorStore store;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  Removals(VectorStore store) {
    this.store = store;
  }

  /** Removes entries and tells how many; see {@link VectorStore#remove}. */
  long remove(Selection selection) {
    lock.readLock().lock();
    try {
      return store.remove(selection);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Reads entries and writes them again; removals wait until that is done. */
  void without(Runnable rewriting) {
    lock.writeLock().lock();
    try {
      rewriting.run();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
