package io.github.semcache.redis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Estimates how many entries pass a filter and chooses the {@link HybridPolicy} of a search. The
 * server counts the entries on a background thread, from the second use of a filter on. A count is
 * repeated after an interval that is proportional to its duration, so that counting takes a small
 * fraction of the server's time, and when this store has written so many entries that the count may
 * have doubled.
 *
 * <p>Filters that about the same number of entries pass have the same group and the same estimate.
 *
 * <p>This class is thread-safe.
 */
final class SelectivityEstimator {
  private static final Logger log = LoggerFactory.getLogger(SelectivityEstimator.class);

  static final String ALL_ENTRIES = "*";
  private static final int MAX_GROUPS = 1_024;

  /** A number of entries whose distances are computed quickly. */
  private static final int SMALL_COUNT = 500;

  private static final long MIN_INTERVAL_NANOS = 10_000_000_000L;

  /** The maximum interval, because a count of a busy server may be wrong. */
  private static final long MAX_INTERVAL_NANOS = 300_000_000_000L;

  /** The interval between two counts, as a multiple of the duration of the first. */
  private static final long INTERVAL_FACTOR = 5_000;

  private final ToLongFunction<String> counter;
  private final Executor executor;
  private final LongSupplier ticker;
  private final Estimate all = new Estimate();

  /** Estimates by group, in access order. Guarded by its own monitor. */
  private final Map<String, Estimate> estimates =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Estimate> eldest) {
          return size() > MAX_GROUPS;
        }
      };

  /**
   * Creates an estimator without any estimates.
   *
   * @param counter counts the entries that pass a filter
   * @param executor runs the counter
   * @param ticker the time in nanoseconds
   */
  SelectivityEstimator(ToLongFunction<String> counter, Executor executor, LongSupplier ticker) {
    this.counter = counter;
    this.executor = executor;
    this.ticker = ticker;
  }

  /**
   * Returns the policy of a search.
   *
   * @param group the group of the filter
   * @param filter the filter
   * @param k the number of requested entries
   */
  HybridPolicy policy(String group, String filter, int k) {
    Estimate passing;
    synchronized (estimates) {
      passing = estimates.get(group);
      if (passing == null) {
        estimates.put(group, new Estimate());
        return HybridPolicy.SERVER_DEFAULT;
      }
    }
    refreshIfDue(passing, filter);
    if (!passing.isKnown()) {
      return HybridPolicy.SERVER_DEFAULT;
    }
    if (HybridPolicy.choose(passing.count, passing.count, k) == HybridPolicy.ADHOC_BF) {
      // So few entries pass that the number of all entries does not matter.
      return HybridPolicy.ADHOC_BF;
    }
    refreshIfDue(all, ALL_ENTRIES);
    return all.isKnown()
        ? HybridPolicy.choose(passing.count, all.count, k)
        : HybridPolicy.SERVER_DEFAULT;
  }

  /** Counts all entries in the background if that is due. */
  void countEntries() {
    refreshIfDue(all, ALL_ENTRIES);
  }

  /** Returns the estimated number of all entries, or -1 if it is unknown. */
  long entries() {
    return all.count;
  }

  /**
   * Records a write.
   *
   * @param group the group of a filter that the written entries pass
   * @param count the number of written entries
   */
  void recordWrites(String group, int count) {
    all.written.addAndGet(count);
    synchronized (estimates) {
      Estimate passing = estimates.get(group);
      if (passing != null) {
        passing.written.addAndGet(count);
      }
    }
  }

  /** Discards the estimate of a group. */
  void discard(String group) {
    synchronized (estimates) {
      estimates.remove(group);
    }
  }

  /** Discards all estimates. */
  void discardAll() {
    synchronized (estimates) {
      estimates.clear();
    }
    all.nextCountNanos = ticker.getAsLong();
  }

  private void refreshIfDue(Estimate estimate, String filter) {
    boolean due =
        !estimate.isKnown()
            || estimate.mayHaveDoubled()
            || ticker.getAsLong() - estimate.nextCountNanos >= 0;
    if (due && estimate.counting.compareAndSet(false, true)) {
      try {
        executor.execute(() -> refresh(estimate, filter));
      } catch (RuntimeException e) {
        // The executor is saturated or shut down. The search uses the previous estimate.
        postpone(estimate, e);
        estimate.counting.set(false);
      }
    }
  }

  /** Counts the entries that pass, and all entries too if the next search will need that count. */
  private void refresh(Estimate estimate, String filter) {
    count(estimate, filter);
    if (estimate.count > SMALL_COUNT && !all.isKnown()) {
      refreshIfDue(all, ALL_ENTRIES);
    }
  }

  private void count(Estimate estimate, String filter) {
    try {
      long start = ticker.getAsLong();
      estimate.written.set(0);
      long count = counter.applyAsLong(filter);
      long end = ticker.getAsLong();
      long interval = Math.max(MIN_INTERVAL_NANOS, (end - start) * INTERVAL_FACTOR);
      estimate.nextCountNanos = end + Math.min(MAX_INTERVAL_NANOS, interval);
      estimate.count = count;
    } catch (RuntimeException e) {
      // An estimate is not worth failing a call.
      postpone(estimate, e);
    } finally {
      estimate.counting.set(false);
    }
  }

  private void postpone(Estimate estimate, RuntimeException failure) {
    log.debug("Failed to count the entries that pass a filter", failure);
    estimate.nextCountNanos = ticker.getAsLong() + MIN_INTERVAL_NANOS;
  }

  private static final class Estimate {
    private static final long UNKNOWN = -1;

    final AtomicBoolean counting = new AtomicBoolean();
    final AtomicLong written = new AtomicLong();
    volatile long count = UNKNOWN;
    volatile long nextCountNanos;

    boolean isKnown() {
      return count != UNKNOWN;
    }

    boolean mayHaveDoubled() {
      return written.get() > Math.max(SMALL_COUNT, count);
    }
  }
}
