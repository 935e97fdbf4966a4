package io.github.semcache.lucene;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the changes that are in the log into the index, and does what else is not to hold up a
 * caller: puts the log on the disk, removes what has expired. It does so on one thread of its own;
 * its fields belong to that thread unless they say otherwise.
 */
final class Indexer {
  private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);

  private static final long REST_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long MAX_UNTOLD_NANOS = Duration.ofMinutes(10).toNanos();
  private static final long MAX_LOG_BYTES = 128L << 20;
  private static final int MAX_LOG_FILES = 8;

  private final EntryTable table;
  private final EntryWriter writer;
  private final WriteAheadLog log;
  private final HnswIndex index;
  private final long syncNanos;
  private final Limits limits;
  private final Thread thread = new Thread(this::run);

  private long lastStep = System.nanoTime();
  private long lastSync = System.nanoTime();
  private long lastSuccess = System.nanoTime();

  /** When to try again after a failure. */
  private long notBefore = System.nanoTime();

  /** Counted by any thread: requests to index at once, and how many of them are done. */
  private final AtomicLong requested = new AtomicLong();

  private volatile long served;

  /** Set by the threads that merge. */
  private volatile boolean merged;

  Indexer(
      EntryTable table,
      EntryWriter writer,
      WriteAheadLog log,
      HnswIndex index,
      Duration syncInterval,
      Limits limits) {
    this.table = table;
    this.writer = writer;
    this.log = log;
    this.index = index;
    this.syncNanos = syncInterval.toNanos();
    this.limits = limits;
  }

  void start(String threadName) {
    index.onMerged(
        () -> {
          merged = true;
          writer.wakeUp();
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
      writer.indexed(Optional.of(new IllegalStateException("the indexing thread has ended")));
    }
  }

  /** Not positive when there is something to do now. */
  private long nanosUntilWork() {
    long now = System.nanoTime();
    long nanos = lastStep + REST_NANOS - now;
    if (merged) {
      nanos = 0;
    }
    if (!log.isSynced()) {
      nanos = Math.min(nanos, lastSync + syncNanos - now);
    }
    if (wantsIndexing(now)) {
      nanos = Math.min(nanos, notBefore - now);
    }
    return nanos;
  }

  private boolean wantsIndexing(long now) {
    EntryTable.Backlog backlog = table.backlog();
    return served < requested.get()
        || limits.areReached(backlog)
        || log.length() >= MAX_LOG_BYTES
        || log.files() > MAX_LOG_FILES
        || (backlog.untold() > 0 && now - lastSuccess >= MAX_UNTOLD_NANOS);
  }

  private void step() {
    lastStep = System.nanoTime();
    try {
      syncLog();
      table.removeExpired();
      if (wantsIndexing(lastStep) && lastStep >= notBefore) {
        indexChanges();
      } else if (merged) {
        showMerges();
      }
    } catch (IOException | RuntimeException | Error e) {
      failed(e);
    }
  }

  private void syncLog() throws IOException {
    if (!log.isSynced() && System.nanoTime() - lastSync >= syncNanos) {
      lastSync = System.nanoTime();
      try {
        log.sync();
      } catch (IOException e) {
        // The system may have dropped what it could not write, and the next sync would not say so.
        requested.incrementAndGet();
        throw e;
      }
    }
  }

  private void indexChanges() throws IOException {
    long serving = requested.get();
    merged = false;
    EntryWriter.Handover handover = writer.handOver();
    try {
      handover.logged().close();
      index.write(handover.changes(), handover.sequence());
      table.publish(index.read(), handover.changes());
    } catch (IOException | RuntimeException | Error e) {
      table.giveBack(handover.changes());
      throw e;
    }
    log.deleteEarlier();
    lastSuccess = System.nanoTime();
    served = serving;
    writer.indexed(Optional.empty());
  }

  private void showMerges() throws IOException {
    merged = false;
    index.commitMerges();
    table.publish(index.read(), Map.of());
  }

  /** Takes back what is half done; it is tried again after a while. */
  private void failed(Throwable failure) {
    notBefore = System.nanoTime() + limits.retryAfter().toNanos();
    try {
      index.rollback();
    } catch (IOException | RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
    if (!index.isBrokenOff()) {
      LOG.warn("the index could not be written; trying again in {}", limits.retryAfter(), failure);
    }
    writer.indexed(Optional.of(failure));
  }

  /** Returns when the index has all changes that were made before the call. */
  void flush() {
    long request = requested.incrementAndGet();
    writer.awaitIndexed(() -> served >= request);
  }

  /** Returns when the thread has ended, which it does soon after the writer was closed. */
  void close() {
    index.breakOff();
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
