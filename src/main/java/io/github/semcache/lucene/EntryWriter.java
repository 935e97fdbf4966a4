package io.github.semcache.lucene;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.apache.lucene.util.IOSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes: first in the log, then in the table. It also is where the thread that brings the
 * changes into the index waits for work, and where writers wait for that thread when it falls
 * behind.
 *
 * <p>Safe for use by many threads, of which one at a time writes.
 */
final class EntryWriter {
  /** Keeps the writes of long lists from holding up lookups and other writers. */
  private static final int BATCH = 128;

  private final EntryTable table;
  private final WriteAheadLog log;
  private final boolean syncEachWrite;
  private final Limits limits;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition progress = lock.newCondition();

  /** The evictions since the last write to the log, which the next one takes along. */
  private List<LogRecord> unlogged = new ArrayList<>();

  private long sequence;
  private volatile boolean closed;
  private @Nullable Throwable failure;

  EntryWriter(
      EntryTable table, WriteAheadLog log, long sequence, Duration syncInterval, Limits limits) {
    this.table = table;
    this.log = log;
    this.sequence = sequence;
    this.syncEachWrite = syncInterval.isZero();
    this.limits = limits;
  }

  /** Writes entries and says how many others were evicted. */
  int put(List<NewEntry> insertions) {
    int evicted = 0;
    for (int from = 0; from < insertions.size(); from += BATCH) {
      List<NewEntry> batch = insertions.subList(from, Math.min(from + BATCH, insertions.size()));
      evicted += exclusively(() -> write(batch));
    }
    return evicted;
  }

  private int write(List<NewEntry> batch) throws IOException {
    awaitProgress(() -> !limits.isFull(table.backlog()));
    long now = table.now();
    return apply(batch.stream().map(insertion -> put(insertion, now)).toList());
  }

  private int apply(List<LogRecord.Put> puts) throws IOException {
    append(puts);
    List<String> evicted = table.put(puts);
    for (String key : evicted) {
      unlogged.add(new LogRecord.Remove(++sequence, new EntrySelector.ByKey(key)));
    }
    return evicted.size();
  }

  private LogRecord.Put put(NewEntry insertion, long now) {
    long expiresAt =
        insertion
            .timeToLive()
            .map(timeToLive -> now + timeToLive.toMillis())
            .orElse(EntryRef.NEVER);
    return new LogRecord.Put(
        ++sequence,
        insertion.entry(),
        insertion.embedding().map(Embedding::ofLengthOne),
        expiresAt);
  }

  /**
   * Writes a new version of a living entry, with the same embedding and expiry. The change runs
   * under the lock of this writer, but under none that lookups wait for.
   *
   * @return the entry after the change, or empty if there is no living entry with that key
   */
  Optional<CacheEntry> updateAttributes(String key, UnaryOperator<CacheEntry> change) {
    return exclusively(
        () -> {
          // May release the lock, so it comes before the entry is read.
          awaitProgress(() -> !limits.isFull(table.backlog()));
          Optional<LogRecord.Put> current = table.version(key);
          if (current.isEmpty()) {
            return Optional.empty();
          }
          LogRecord.Put put = current.get();
          CacheEntry changed = put.entry().withChangedAttributes(change);
          if (!changed.equals(put.entry())) {
            apply(
                List.of(
                    new LogRecord.Put(++sequence, changed, put.embedding(), put.expiresAt())));
          }
          return Optional.of(changed);
        });
  }

  /** Removes entries and says how many of them were living. */
  long remove(EntrySelector selection) {
    return exclusively(
        () -> {
          append(List.of(new LogRecord.Remove(++sequence, selection)));
          return table.remove(selection);
        });
  }

  private void append(List<? extends LogRecord> records) throws IOException {
    boolean wasSynced = log.isSynced();
    List<LogRecord> all = new ArrayList<>(unlogged);
    all.addAll(records);
    log.append(all);
    unlogged = new ArrayList<>();
    if (syncEachWrite) {
      log.sync();
    }
    if (wasSynced || limits.areReached(table.backlog())) {
      work.signal();
    }
  }

  /**
   * The changes for the index to make.
   *
   * @param sequence the last change of all that the index has when it has made them
   * @param logged the file that has them, no longer written to
   */
  record Handover(Map<String, Optional<LogRecord.Put>> changes, long sequence, LogFile logged) {}

  /** Hands over the changes since the last time. */
  Handover handOver() {
    return exclusively(
        () -> {
          LogFile logged = log.rotate();
          return new Handover(table.takeChanges(), sequence, logged);
        });
  }

  /**
   * Waits until there is something to do or the store is closed.
   *
   * @param nanosUntilWork says how long to wait; it is asked again whenever something has changed
   * @return whether the store is still open
   */
  boolean awaitWork(LongSupplier nanosUntilWork) {
    lock.lock();
    try {
      while (!closed) {
        long nanos = nanosUntilWork.getAsLong();
        if (nanos <= 0) {
          break;
        }
        work.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      // Only a stranger interrupts that thread, which ends when the store is closed.
    } finally {
      lock.unlock();
    }
    return !closed;
  }

  /** Has the waiting thread look again whether there is something to do. */
  void wakeUp() {
    lock.lock();
    try {
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Tells waiting writers how the indexing of changes went: well, or not. */
  void indexed(Optional<Throwable> failure) {
    lock.lock();
    try {
      this.failure = failure.orElse(null);
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until changes are in the index.
   *
   * @throws StoreException if they cannot be brought there, or the thread is interrupted
   */
  void awaitIndexed(BooleanSupplier indexed) {
    exclusively(
        () -> {
          work.signal();
          awaitProgress(indexed);
          return indexed;
        });
  }

  private void awaitProgress(BooleanSupplier enough) {
    while (!enough.getAsBoolean()) {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      if (failure != null) {
        throw new StoreException(
            "the index takes no more entries; the cause says what has to be put right", failure);
      }
      try {
        progress.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreException("interrupted while waiting for the index to take entries", e);
      }
    }
  }

  /**
   * Lets no more changes in, and ends all waiting.
   *
   * @return false if it was closed before
   */
  boolean close() {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      closed = true;
      work.signalAll();
      progress.signalAll();
      log.append(unlogged);
      return true;
    } catch (IOException e) {
      // The next opening evicts as many entries again, though it may choose others.
      return true;
    } finally {
      lock.unlock();
    }
  }

  private <T> T exclusively(IOSupplier<T> action) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      return action.get();
    } catch (IOException e) {
      throw new StoreException("the log cannot be written", e);
    } finally {
      lock.unlock();
    }
  }
}
