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
 * Knows roughly how many entries pass a filter, and so which {@link HybridPolicy} is the cheaper
 * one. The server is asked now and then, off the caller's thread, from a filter's second use on,
 * and so seldom that counting takes a small share of its time, however large the index is; but also
 * when this store has written so much that the answer may have doubled.
 *
 * <p>Safe for use by many threads.
 */
final class SelectivityEstimator {
  private static final Logger log = LoggerFactory.getLogger(SelectivityEstimator.class);

  private static final String ALL = "*";
  private static final int REMEMBERED_FILTERS = 1_024;

  /** So few that comparing with all of them is fast. */
  private static final int FEW = 500;

  private static final long SHORTEST_INTERVAL_NANOS = 10_000_000_000L;

  /** However long a count took: a server that was busy may have counted wrongly. */
  private static final long LONGEST_INTERVAL_NANOS = 300_000_000_000L;

  private static final long INTERVAL_PER_DURATION = 5_000;

  private final ToLongFunction<String> server;
  private final Executor executor;
  private final LongSupplier ticker;
  private final Estimate all = new Estimate();

  /** By a filter's name, the least recently used first. Guarded by itself. */
  private final Map<String, Estimate> estimates =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Estimate> eldest) {
          return size() > REMEMBERED_FILTERS;
        }
      };

  /**
   * Begins without any knowledge.
   *
   * @param server counts the entries that pass a filter
   * @param executor runs the counting
   * @param ticker nanoseconds
   */
  SelectivityEstimator(ToLongFunction<String> server, Executor executor, LongSupplier ticker) {
    this.server = server;
    this.executor = executor;
    this.ticker = ticker;
  }

  /**
   * The policy for a search.
   *
   * @param name what filters of about the same share have in common
   * @param filter the filter
   * @param k how many entries are asked for
   */
  HybridPolicy policy(String name, String filter, int k) {
    Estimate passing;
    synchronized (estimates) {
      passing = estimates.get(name);
      if (passing == null) {
        estimates.put(name, new Estimate());
        return HybridPolicy.SERVERS_CHOICE;
      }
    }
    refresh(passing, filter);
    if (!passing.known()) {
      return HybridPolicy.SERVERS_CHOICE;
    }
    if (HybridPolicy.choose(passing.count, passing.count, k) == HybridPolicy.ADHOC_BF) {
      // So few that the share does not matter.
      return HybridPolicy.ADHOC_BF;
    }
    refresh(all, ALL);
    return all.known()
        ? HybridPolicy.choose(passing.count, all.count, k)
        : HybridPolicy.SERVERS_CHOICE;
  }

  /**
   * Takes note of a write.
   *
   * @param name the name of a filter that the written entries pass
   * @param count how many they are
   */
  void wrote(String name, int count) {
    all.written.addAndGet(count);
    synchronized (estimates) {
      Estimate passing = estimates.get(name);
      if (passing != null) {
        passing.written.addAndGet(count);
      }
    }
  }

  /** Forgets what it knows of a filter: the search found less than it should have. */
  void forget(String name) {
    synchronized (estimates) {
      estimates.remove(name);
    }
  }

  /** Forgets everything. */
  void clear() {
    synchronized (estimates) {
      estimates.clear();
    }
    all.due = ticker.getAsLong();
  }

  private void refresh(Estimate estimate, String filter) {
    boolean due =
        !estimate.known() || estimate.mayHaveDoubled() || ticker.getAsLong() - estimate.due >= 0;
    if (due && estimate.counting.compareAndSet(false, true)) {
      try {
        executor.execute(() -> countWithAll(estimate, filter));
      } catch (RuntimeException e) {
        // The executor is full or shut down. The search goes on with what is known.
        postpone(estimate, e);
        estimate.counting.set(false);
      }
    }
  }

  /** The next search needs both counts, unless few entries pass the filter. */
  private void countWithAll(Estimate estimate, String filter) {
    count(estimate, filter);
    if (estimate.count > FEW && !all.known()) {
      refresh(all, ALL);
    }
  }

  private void count(Estimate estimate, String filter) {
    try {
      long start = ticker.getAsLong();
      estimate.written.set(0);
      long count = server.applyAsLong(filter);
      long end = ticker.getAsLong();
      long interval = Math.max(SHORTEST_INTERVAL_NANOS, (end - start) * INTERVAL_PER_DURATION);
      estimate.due = end + Math.min(LONGEST_INTERVAL_NANOS, interval);
      estimate.count = count;
    } catch (RuntimeException e) {
      // It was only an estimate.
      postpone(estimate, e);
    } finally {
      estimate.counting.set(false);
    }
  }

  private void postpone(Estimate estimate, RuntimeException failure) {
    log.debug("The entries that pass a filter could not be counted", failure);
    estimate.due = ticker.getAsLong() + SHORTEST_INTERVAL_NANOS;
  }

  private static final class Estimate {
    private static final long UNKNOWN = -1;

    final AtomicBoolean counting = new AtomicBoolean();
    final AtomicLong written = new AtomicLong();
    volatile long count = UNKNOWN;
    volatile long due;

    boolean known() {
      return count != UNKNOWN;
    }

    boolean mayHaveDoubled() {
      return written.get() > Math.max(FEW, count);
    }
  }
}
