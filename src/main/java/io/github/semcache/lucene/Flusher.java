package io.github.semcache.lucene;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flushes changes from the log to the index, syncs the log to disk, removes expired entries, and
 * starts merging the segments of the index when no changes have been flushed for some time, on one
 * background thread. Fields are confined to that thread unless stated otherwise.
 */
final class Flusher {
  private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

  private static final long IDLE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long MAX_UNFLUSHED_NANOS = Duration.ofMinutes(10).toNanos();
  private static final long MAX_LOG_BYTES = 128L << 20;
  private static final int MAX_LOG_FILES = 8;

  private final EntryTable table;
  private final EntryWriter writer;
  private final WriteAheadLog log;
  private final HnswIndex index;
  private final long syncNanos;
  private final FlushLimits limits;
  private final Thread thread = new Thread(this::run);

  private long lastStep = System.nanoTime();
  private long lastSync = System.nanoTime();
  private long lastFlush = System.nanoTime();

  /** The earliest time of the next attempt after a failed flush. */
  private long retryAt = System.nanoTime();

  /** The number of calls to {@link #flush}. Written by any thread. */
  private final AtomicLong requestedFlushes = new AtomicLong();

  /** The number of completed calls to {@link #flush}. Read by any thread. */
  private volatile long completedFlushes;

  /** Whether the segments should be merged into one once no changes are flushed. */
  private boolean fragmented;

  /** Whether there are merged segments to publish. Set by merge threads. */
  private volatile boolean merged;

  Flusher(
      EntryTable table,
      EntryWriter writer,
      WriteAheadLog log,
      HnswIndex index,
      Duration syncInterval,
      FlushLimits limits) {
    this.table = table;
    this.writer = writer;
    this.log = log;
    this.index = index;
    this.syncNanos = syncInterval.toNanos();
    this.limits = limits;
  }

  void start(String threadName) {
    fragmented = table.isMergeDue();
    index.onMerged(
        () -> {
          merged = true;
          writer.signalWork();
        });
    thread.setName(threadName);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (writer.awaitWork(this::nanosUntilWork)) {
        step();
      }
    } finally {
      writer.flushEnded(Optional.of(new IllegalStateException("the flushing thread has ended")));
    }
  }

  /** Returns the time until there is work; zero or negative if there is work now. */
  private long nanosUntilWork() {
    long now = System.nanoTime();
    long nanos = lastStep + IDLE_NANOS - now;
    if (merged) {
      nanos = 0;
    }
    if (!log.isSynced()) {
      nanos = Math.min(nanos, lastSync + syncNanos - now);
    }
    if (isFlushDue(now)) {
      nanos = Math.min(nanos, retryAt - now);
    } else if (fragmented) {
      nanos = Math.min(nanos, lastFlush + limits.mergeAfter().toNanos() - now);
    }
    return nanos;
  }

  private boolean isFlushDue(long now) {
    EntryTable.Backlog backlog = table.backlog();
    return completedFlushes < requestedFlushes.get()
        || limits.isFlushDue(backlog)
        || log.length() >= MAX_LOG_BYTES
        || log.files() > MAX_LOG_FILES
        || (backlog.changes() > 0 && now - lastFlush >= MAX_UNFLUSHED_NANOS);
  }

  private void step() {
    lastStep = System.nanoTime();
    try {
      syncLog();
      table.removeExpired();
      if (isFlushDue(lastStep) && lastStep >= retryAt) {
        flushChanges();
      } else if (merged) {
        publishMerges();
      } else if (fragmented && lastStep - lastFlush >= limits.mergeAfter().toNanos()) {
        fragmented = false; // until the segments have changed again
        index.mergeAll();
      }
    } catch (IOException | RuntimeException | Error e) {
      handleFailure(e);
    }
  }

  private void syncLog() throws IOException {
    if (!log.isSynced() && System.nanoTime() - lastSync >= syncNanos) {
      lastSync = System.nanoTime();
      try {
        log.sync();
      } catch (IOException e) {
        // The OS may have dropped the data, and the next sync may succeed nevertheless. Flushing
        // the changes writes them elsewhere.
        requestedFlushes.incrementAndGet();
        throw e;
      }
    }
  }

  private void flushChanges() throws IOException {
    long requests = requestedFlushes.get();
    merged = false;
    EntryWriter.Flush flush = writer.beginFlush();
    try {
      flush.sealedLog().close();
      index.write(flush.changes(), flush.sequence());
      table.publish(index.openReader(), flush.changes());
    } catch (IOException | RuntimeException | Error e) {
      table.restoreUnflushed(flush.changes());
      throw e;
    }
    log.deleteSealedFiles();
    lastFlush = System.nanoTime();
    fragmented = table.isMergeDue();
    completedFlushes = requests;
    writer.flushEnded(Optional.empty());
  }

  private void publishMerges() throws IOException {
    merged = false;
    index.commitMerges();
    table.publish(index.openReader(), Map.of());
    fragmented = table.isMergeDue();
  }

  /** Rolls back a partial flush, to be retried after a delay. */
  private void handleFailure(Throwable failure) {
    retryAt = System.nanoTime() + limits.retryAfter().toNanos();
    try {
      index.rollback();
    } catch (IOException | RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
    if (!index.isAborted()) {
      LOG.warn("The index could not be written; retrying in {}", limits.retryAfter(), failure);
    }
    writer.flushEnded(Optional.of(failure));
  }

  /** Waits until the index contains all changes that were made before this call. */
  void flush() {
    long request = requestedFlushes.incrementAndGet();
    writer.awaitFlush(() -> completedFlushes >= request);
  }

  /** Waits for the end of the thread, which ends soon after the writer was closed. */
  void close() {
    index.abort();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
