package io.github.semcache.stats;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Estimates the number of distinct scopes and the fraction of them that occurred only once. Holds
 * the {@value #SIZE} scopes with the smallest hashes (a bottom-k sketch), which are a uniform
 * sample of all distinct scopes, so the estimates are exact below that number of scopes, and have a
 * standard error of about 3 % of the number of scopes otherwise. Thread-safe.
 *
 * <p>A scope is dropped once {@value #SIZE} smaller ones are known, and never enters again, so the
 * counts of the remaining scopes are complete.
 */
final class ScopeSketch {
  /** 1 / sqrt(SIZE) is the standard error. */
  private static final int SIZE = 1024;

  private static final int HASH_DIGITS = 15;
  private static final double HASH_RANGE = 0x1p60;

  /** The hashes of the sampled scopes, in [0, 2^60). Guarded by this. */
  private final TreeSet<Long> sample = new TreeSet<>();

  /** The sampled scopes that occurred again. */
  private final Set<Long> repeated = ConcurrentHashMap.newKeySet();

  /** The largest hash of a full sample. */
  private volatile long limit = Long.MAX_VALUE;

  /**
   * Counts one request.
   *
   * @param scopeHash a hash of at least 15 hexadecimal digits
   */
  void add(String scopeHash) {
    long hash = Long.parseLong(scopeHash, 0, HASH_DIGITS, 16);
    if (hash <= limit && !repeated.contains(hash)) {
      addToSample(hash);
    }
  }

  private synchronized void addToSample(long hash) {
    if (hash > limit) {
      return;
    }
    if (!sample.add(hash)) {
      repeated.add(hash);
    } else if (sample.size() > SIZE) {
      repeated.remove(sample.pollLast());
    }
    if (sample.size() == SIZE) {
      limit = sample.last();
    }
  }

  /** Returns the estimated number of distinct scopes. */
  synchronized long count() {
    return sample.size() < SIZE
        ? sample.size()
        : Math.round((SIZE - 1) * HASH_RANGE / (limit + 1.0));
  }

  /** Returns the estimated fraction of scopes that occurred once, in [0, 1]; 0 without scopes. */
  synchronized double singleUseRate() {
    return sample.isEmpty() ? 0 : 1 - (double) repeated.size() / sample.size();
  }
}
