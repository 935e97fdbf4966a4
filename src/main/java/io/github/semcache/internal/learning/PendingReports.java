package io.github.semcache.internal.learning;

import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Reports of wrong answers that could not be stored. Until they are stored, they take effect only
 * in this cache: lookups retry at most every 30 seconds, and closing the cache retries once. Beyond
 * 1,000 reports the oldest is dropped. Thread-safe. If there are no reports, a lookup costs one
 * volatile read.
 */
public final class PendingReports implements AutoCloseable {
  private static final int MAX_REPORTS = 1_000;
  private static final long RETRY_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();

  private final CacheListener events;
  private final LongSupplier ticker;
  private final Executor executor;
  private final ConcurrentLinkedDeque<Report> reports = new ConcurrentLinkedDeque<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicLong nextRetry = new AtomicLong();

  /** A report that was not stored. */
  private record Report(String queryKey, Set<String> names, Runnable store) {
    boolean concerns(Query query, CacheEntry entry) {
      return queryKey.equals(query.key())
          && (names.contains(entry.key()) || names.contains(entry.group()));
    }
  }

  /**
   * Creates an empty collection.
   *
   * @param events is notified of failed retries
   * @param ticker a nanosecond ticker
   * @param executor runs the retries of lookups
   */
  public PendingReports(CacheListener events, LongSupplier ticker, Executor executor) {
    this.events = events;
    this.ticker = ticker;
    this.executor = executor;
  }

  /** Adds a report. */
  void add(Query query, Set<String> names, Runnable store) {
    nextRetry.set(ticker.getAsLong() + RETRY_INTERVAL_NANOS);
    reports.add(new Report(query.key(), Set.copyOf(names), store));
    if (size.incrementAndGet() > MAX_REPORTS && reports.poll() != null) {
      size.decrementAndGet();
    }
  }

  boolean isEmpty() {
    return size.get() == 0;
  }

  /**
   * Returns whether no pending report forbids serving an entry for a query.
   *
   * @param query the query
   * @param entry the entry
   * @return false if a pending report concerns them
   */
  public boolean permit(Query query, CacheEntry entry) {
    return size.get() == 0 || reports.stream().noneMatch(report -> report.concerns(query, entry));
  }

  /**
   * Returns the matches that may be served for a query.
   *
   * @param query the query
   * @param matches the matches
   * @return the remaining matches, in the same order
   */
  public List<Match> servable(Query query, List<Match> matches) {
    return size.get() == 0
        ? matches
        : matches.stream().filter(match -> permit(query, match.entry())).toList();
  }

  /** Schedules a retry if one is due. Called by each lookup. Does not block. */
  public void retryIfDue() {
    if (size.get() == 0) {
      return;
    }
    long due = nextRetry.get();
    long now = ticker.getAsLong();
    if (now - due >= 0 && nextRetry.compareAndSet(due, now + RETRY_INTERVAL_NANOS)) {
      try {
        executor.execute(this::retry);
      } catch (Throwable e) {
        FatalErrors.rethrowIfFatal(e);
        fail(e);
      }
    }
  }

  /**
   * Stores the reports up to the first failure. The report that failed is moved to the end, so that
   * the next retry starts with the others.
   */
  private void retry() {
    for (Report report : reports) {
      try {
        report.store().run();
      } catch (Throwable e) {
        FatalErrors.rethrowIfFatal(e);
        fail(e);
        moveToEnd(report);
        return;
      }
      if (reports.remove(report)) {
        size.decrementAndGet();
      }
    }
  }

  /** Adds the report before it is removed, so that it stays in effect. */
  private void moveToEnd(Report report) {
    reports.addLast(report);
    reports.removeFirstOccurrence(report);
  }

  private void fail(Throwable failure) {
    events.onEvent(new CacheEvent.Failed(CacheEvent.Part.LEARNING, failure));
  }

  /** Retries once, up to the first failure. Blocks on the store and the embedder. */
  @Override
  public void close() {
    retry();
  }
}
