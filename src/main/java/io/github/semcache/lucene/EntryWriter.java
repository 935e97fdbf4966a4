package io.github.semcache.lucene;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.apache.lucene.util.IOSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes: first to the write-ahead log, then to the table. Also coordinates with the
 * flushing thread: that thread waits here for work, and writers wait here for it when the backlog
 * is too large.
 *
 * <p>Thread-safe. Writes are serialized.
 */
final class EntryWriter {
  /** Limits how long a write of many entries blocks lookups and other writers. */
  private static final int BATCH_SIZE = 128;

  private final EntryTable table;
  private final WriteAheadLog log;
  private final boolean syncEachWrite;
  private final FlushLimits limits;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition progress = lock.newCondition();

  /** Evictions since the last write to the log; the next write includes them. */
  private List<LogRecord> unloggedEvictions = new ArrayList<>();

  private long sequence;
  private volatile boolean closed;
  private @Nullable Throwable flushFailure;

  EntryWriter(
      EntryTable table,
      WriteAheadLog log,
      long sequence,
      Duration syncInterval,
      FlushLimits limits) {
    this.table = table;
    this.log = log;
    this.sequence = sequence;
    this.syncEachWrite = syncInterval.isZero();
    this.limits = limits;
  }

  /** Writes entries and returns the number of other entries that were evicted. */
  int put(List<NewEntry> entries) {
    int evicted = 0;
    for (int from = 0; from < entries.size(); from += BATCH_SIZE) {
      List<NewEntry> batch = entries.subList(from, Math.min(from + BATCH_SIZE, entries.size()));
      evicted += withLock(() -> write(batch));
    }
    return evicted;
  }

  /**
   * Writes an entry if there is no live entry with its key, or one that was created at a known
   * time.
   *
   * @return the number of other entries that were evicted; empty if the entry was not written
   */
  OptionalInt putIfUnchanged(NewEntry newEntry, Optional<Instant> known) {
    return withLock(
        () -> {
          // May release the lock, so it must precede reading the entry.
          awaitRoom();
          Optional<Instant> current =
              table.currentVersion(newEntry.entry().key()).map(put -> put.entry().createdAt());
          return current.isEmpty() || current.equals(known)
              ? OptionalInt.of(apply(List.of(toPut(newEntry, table.now()))))
              : OptionalInt.empty();
        });
  }

  private int write(List<NewEntry> batch) throws IOException {
    awaitRoom();
    long now = table.now();
    return apply(batch.stream().map(newEntry -> toPut(newEntry, now)).toList());
  }

  private LogRecord.Put toPut(NewEntry newEntry, long now) {
    return new LogRecord.Put(
        ++sequence,
        newEntry.entry(),
        newEntry.embedding().map(Embedding::ofLengthOne),
        expiry(newEntry.timeToLive(), now),
        newEntry.terms());
  }

  private static long expiry(Optional<Duration> timeToLive, long now) {
    return timeToLive.map(remaining -> now + remaining.toMillis()).orElse(EntryRef.NEVER);
  }

  private int apply(List<LogRecord.Put> puts) throws IOException {
    append(puts);
    List<String> evicted = table.put(puts);
    for (String key : evicted) {
      unloggedEvictions.add(new LogRecord.Remove(++sequence, new EntrySelector.ByKey(key)));
    }
    return evicted.size();
  }

  /**
   * Writes a new version of a live entry, with the same embedding and expiry. The change runs while
   * this writer is locked, but does not block lookups.
   *
   * @return the entry after the change, or empty if there is no live entry with that key
   */
  Optional<CacheEntry> update(String key, UnaryOperator<CacheEntry> change) {
    return replace(
            key,
            version -> {
              CacheEntry changed = version.entry().withChange(change);
              return changed.equals(version.entry())
                  ? version
                  : newVersion(version, changed, version.expiresAt());
            })
        .map(LogRecord.Put::entry);
  }

  /**
   * Writes a new version of a live entry with another expiry.
   *
   * @return whether there is a live entry with that key
   */
  boolean expire(String key, Optional<Duration> timeToLive) {
    return replace(
            key, version -> newVersion(version, version.entry(), expiry(timeToLive, table.now())))
        .isPresent();
  }

  private LogRecord.Put newVersion(LogRecord.Put version, CacheEntry entry, long expiresAt) {
    return new LogRecord.Put(++sequence, entry, version.embedding(), expiresAt, version.terms());
  }

  /** Replaces the current version of an entry, unless the change returns the same version. */
  private Optional<LogRecord.Put> replace(String key, UnaryOperator<LogRecord.Put> change) {
    return withLock(
        () -> {
          // May release the lock, so it must precede reading the entry.
          awaitRoom();
          Optional<LogRecord.Put> current = table.currentVersion(key);
          if (current.isEmpty()) {
            return Optional.empty();
          }
          LogRecord.Put changed = change.apply(current.get());
          if (changed.sequence() != current.get().sequence()) {
            apply(List.of(changed));
          }
          return Optional.of(changed);
        });
  }

  /** Removes entries and returns the number of live entries among them. */
  long remove(EntrySelector selector) {
    return withLock(
        () -> {
          append(List.of(new LogRecord.Remove(++sequence, selector)));
          return table.remove(selector);
        });
  }

  private void append(List<? extends LogRecord> records) throws IOException {
    boolean wasSynced = log.isSynced();
    List<LogRecord> all = new ArrayList<>(unloggedEvictions);
    all.addAll(records);
    log.append(all);
    unloggedEvictions = new ArrayList<>();
    if (syncEachWrite) {
      log.sync();
    }
    if (wasSynced || limits.isFlushDue(table.backlog())) {
      work.signal();
    }
  }

  /**
   * The changes to write to the index.
   *
   * @param sequence the sequence number of the last change
   * @param sealedLog the log file with the changes, which is no longer written to
   */
  record Flush(Map<String, Optional<LogRecord.Put>> changes, long sequence, LogFile sealedLog) {}

  /** Takes the unflushed changes and starts a new log file. */
  Flush beginFlush() {
    return withLock(
        () -> {
          LogFile sealedLog = log.rotate();
          return new Flush(table.takeUnflushed(), sequence, sealedLog);
        });
  }

  /**
   * Waits until there is work or this writer is closed.
   *
   * @param nanosUntilWork returns the time until there is work; called again after every change
   * @return whether this writer is still open
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
      // Not a request to stop: the waiting thread ends when this writer is closed.
    } finally {
      lock.unlock();
    }
    return !closed;
  }

  /** Makes the thread in {@link #awaitWork} check again whether there is work. */
  void signalWork() {
    lock.lock();
    try {
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Notifies waiting writers of the result of a flush. */
  void flushEnded(Optional<Throwable> failure) {
    lock.lock();
    try {
      this.flushFailure = failure.orElse(null);
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a flush.
   *
   * @param flushed returns whether the flush has ended successfully
   * @throws StoreException if the flush fails or the thread is interrupted
   */
  void awaitFlush(BooleanSupplier flushed) {
    withLock(
        () -> {
          work.signal();
          awaitProgress(flushed);
          return flushed;
        });
  }

  private void awaitRoom() {
    awaitProgress(() -> !limits.isExceeded(table.backlog()));
  }

  private void awaitProgress(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      if (flushFailure != null) {
        throw new StoreException(
            "the index cannot be written; see the cause. Writes fail until it can be",
            flushFailure);
      }
      try {
        progress.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreException("interrupted while waiting for the index to be written", e);
      }
    }
  }

  /**
   * Rejects further changes and wakes up all waiting threads.
   *
   * @return false if this writer was already closed
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
      log.append(unloggedEvictions);
      return true;
    } catch (IOException e) {
      // The next time the store is opened, it evicts the same number of entries, but possibly
      // different ones.
      return true;
    } finally {
      lock.unlock();
    }
  }

  private <T> T withLock(IOSupplier<T> action) {
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
