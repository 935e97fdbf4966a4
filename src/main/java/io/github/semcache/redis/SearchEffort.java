package io.github.semcache.redis;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Selects the number of candidates that a search of the graph considers ({@code EF_RUNTIME}): by
 * the number of entries in the index, and by the measured recall. A sample of the searches is
 * repeated with four times as many candidates. If more than one in a hundred of them then finds a
 * nearer entry, the number is increased. See {@code docs/decisions/0024-search-effort.md}.
 *
 * <p>This class is thread-safe.
 */
final class SearchEffort {
  private static final Logger log = LoggerFactory.getLogger(SearchEffort.class);

  private static final int MIN_CANDIDATES = 16;

  /** The number of candidates for 32,000 to 100,000 entries, and while the number is unknown. */
  private static final int LARGE_INDEX_CANDIDATES = 64;

  private static final int LARGE_INDEX = 100_000;

  /** The number of additional candidates for each doubling of a large index. */
  private static final int CANDIDATES_PER_DOUBLING = 10;

  private static final int MAX_CANDIDATES = 4096;

  /**
   * The number of entries per candidate. Measured with independent random vectors of dimension 384,
   * which are hard to search: 16 candidates find 998 of 1,000 nearest entries among 5,000, and 20
   * find 995 among 10,000.
   */
  private static final int ENTRIES_PER_CANDIDATE = 500;

  /** A repeated search considers this many times as many candidates. */
  private static final int CHECK_FACTOR = 4;

  private static final double MAX_MULTIPLIER = 8;
  private static final double INCREASE = 1.5;

  /** The number of samples after which the number of candidates may be decreased. */
  private static final int WINDOW = 1_000;

  private static final int MIN_SAMPLES = 200;

  /** One in this many searches may miss the nearest entry. */
  private static final int MISS_DIVISOR = 100;

  /** The number of samples after which the recall may be known; see {@link #isRecallKnown}. */
  private static final int FIRST_SAMPLES = 200;

  private static final int MAX_FIRST_SAMPLES = 1_000;
  private static final int FIRST_INTERVAL = 8;
  private static final int LATER_INTERVAL = 512;

  private final AtomicInteger searches = new AtomicInteger();
  private volatile double multiplier = 1;

  /** Guarded by this, as are the next two fields. */
  private int samples;

  private int misses;
  private volatile boolean recallKnown;

  /**
   * Returns the number of candidates.
   *
   * @param entries the number of entries in the index; negative if unknown
   */
  int candidates(long entries) {
    double bySize =
        entries < 0
            ? LARGE_INDEX_CANDIDATES
            : Math.min(LARGE_INDEX_CANDIDATES, (double) entries / ENTRIES_PER_CANDIDATE);
    if (entries > LARGE_INDEX) {
      double doublings = Math.log((double) entries / LARGE_INDEX) / Math.log(2);
      bySize += CANDIDATES_PER_DOUBLING * doublings;
    }
    return (int) Math.min(MAX_CANDIDATES, Math.max(MIN_CANDIDATES, bySize) * multiplier);
  }

  /** Returns the number of candidates of a repeated search. */
  static int checkCandidates(int candidates) {
    return Math.min(MAX_CANDIDATES, candidates * CHECK_FACTOR);
  }

  /**
   * Returns whether the next search should be repeated: one in 8 until the recall is known, one in
   * 512 later.
   */
  boolean isSampled() {
    int interval = recallKnown ? LATER_INTERVAL : FIRST_INTERVAL;
    return Math.floorMod(searches.incrementAndGet(), interval) == 0;
  }

  /**
   * Records a repeated search.
   *
   * @param missed whether it found a nearer entry
   */
  synchronized void record(boolean missed) {
    samples++;
    if (missed) {
      misses++;
    }
    recallKnown |= isRecallKnown();
    if (misses * MISS_DIVISOR > Math.max(MIN_SAMPLES, samples)) {
      change(Math.min(MAX_MULTIPLIER, multiplier * INCREASE));
      recallKnown = false;
    } else if (samples == WINDOW) {
      change(misses == 0 ? Math.max(1, multiplier / INCREASE) : multiplier);
    }
  }

  /** Few samples suffice if clearly fewer than one in a hundred searches missed. */
  private boolean isRecallKnown() {
    return (samples >= FIRST_SAMPLES && 2 * misses * MISS_DIVISOR <= samples)
        || samples >= MAX_FIRST_SAMPLES;
  }

  private void change(double newMultiplier) {
    if (newMultiplier != multiplier) {
      log.debug(
          "{} of {} repeated searches found a nearer entry; the number of candidates is now {}"
              + " times the default",
          misses,
          samples,
          newMultiplier);
      multiplier = newMultiplier;
    }
    samples = 0;
    misses = 0;
  }
}
