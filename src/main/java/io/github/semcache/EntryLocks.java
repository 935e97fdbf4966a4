package io.github.semcache;

import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.VectorStore;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Writes and removes entries, but not while one is read and written again, which would undo it.
 * That holds within one cache: other instances on the same store know nothing of it. Safe for use
 * by many threads.
 */
final class EntryLocks {
  private final VectorStore store;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  EntryLocks(VectorStore store) {
    this.store = store;
  }

  /** Writes entries and tells how many others were evicted; see {@link VectorStore#put}. */
  int put(List<NewEntry> insertions) {
    return holding(lock.readLock(), () -> store.put(insertions));
  }

  /** Removes entries and tells how many; see {@link VectorStore#remove}. */
  long remove(EntrySelector selection) {
    return holding(lock.readLock(), () -> store.remove(selection));
  }

  /** Reads entries of the store and writes them again; other changes wait until that is done. */
  void rewrite(Runnable rewriting) {
    holding(
        lock.writeLock(),
        () -> {
          rewriting.run();
          return true;
        });
  }

  private static <T> T holding(Lock held, Supplier<T> change) {
    held.lock();
    try {
      return change.get();
    } finally {
      held.unlock();
    }
  }
}
