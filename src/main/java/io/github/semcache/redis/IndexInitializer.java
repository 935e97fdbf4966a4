package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the index when the store is built, later if the server was unavailable then, and again
 * after the index was dropped. Only one thread at a time makes an attempt. After an attempt, the
 * next one is made a second later at the earliest, or a minute later if the attempt failed and the
 * failure is not transient.
 *
 * <p>This class is thread-safe.
 */
final class IndexInitializer {
  private static final Logger log = LoggerFactory.getLogger(IndexInitializer.class);

  private static final long RETRY_DELAY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long PERMANENT_FAILURE_DELAY_NANOS = Duration.ofMinutes(1).toNanos();

  private final SearchIndex index;
  private final boolean assumed;
  private final LongSupplier ticker;

  private final ReentrantLock attemptLock = new ReentrantLock();
  private final AtomicInteger generation = new AtomicInteger();
  private volatile @Nullable StoreException lastFailure;

  /** The earliest time of the next attempt. Guarded by {@link #attemptLock}. */
  private long nextAttemptNanos;

  /**
   * Creates an initializer.
   *
   * @param assumed whether the index is assumed to exist, and is neither created nor verified
   * @param ticker the time in nanoseconds
   */
  IndexInitializer(SearchIndex index, boolean assumed, LongSupplier ticker) {
    this.index = index;
    this.assumed = assumed;
    this.ticker = ticker;
    this.nextAttemptNanos = ticker.getAsLong();
  }

  /**
   * Creates the index or verifies the existing one. A transient failure is logged, and {@link
   * #requireIndex} makes the next attempt.
   *
   * @return whether the index exists
   * @throws StoreException if the failure is not transient
   */
  boolean initialize() {
    if (assumed) {
      return false;
    }
    try {
      attempt();
      return true;
    } catch (StoreException e) {
      if (!RedisExceptions.isTransient(e)) {
        throw e;
      }
      log.warn(
          "Index {} could not be created or verified; the next search will try again: {}",
          name(),
          e.getMessage());
      log.debug("Index {} could not be created or verified", name(), e);
      return false;
    }
  }

  /**
   * Makes another attempt if the last one failed.
   *
   * @return the number of times that the index was created or verified, for {@link #recreate}
   * @throws StoreException if the index is still missing
   */
  int requireIndex() {
    if (lastFailure != null) {
      attempt();
    }
    StoreException failure = lastFailure;
    if (failure != null) {
      throw new StoreException(
          "index " + name() + " is missing: the last attempt to create it failed", failure);
    }
    return generation.get();
  }

  /**
   * Creates the index again after the server reported that it does not exist.
   *
   * @param seenGeneration the result of {@link #requireIndex} before that command
   * @throws StoreException if the index could not be created
   */
  void recreate(int seenGeneration) {
    if (assumed) {
      throw new StoreException(
          "Redis has no index "
              + name()
              + ", and a store built with assumeIndex() does not create it; build one store"
              + " without that option");
    }
    if (seenGeneration == generation.get()) {
      attempt();
    }
  }

  private void attempt() {
    if (!attemptLock.tryLock()) {
      return;
    }
    try {
      if (ticker.getAsLong() - nextAttemptNanos >= 0) {
        createOrVerify();
      }
    } finally {
      attemptLock.unlock();
    }
  }

  private void createOrVerify() {
    try {
      boolean created = index.create();
      if (created) {
        log.info("Created the index {}", name());
      } else {
        verify();
      }
      generation.incrementAndGet();
      lastFailure = null;
      nextAttemptNanos = ticker.getAsLong() + RETRY_DELAY_NANOS;
    } catch (StoreException e) {
      lastFailure = e;
      boolean retrySoon = RedisExceptions.isTransient(e);
      nextAttemptNanos =
          ticker.getAsLong() + (retrySoon ? RETRY_DELAY_NANOS : PERMANENT_FAILURE_DELAY_NANOS);
      throw e;
    }
  }

  /** Verifies the index. A time-out is ignored, because FT.INFO of a large index is slow. */
  private void verify() {
    try {
      index.verify();
    } catch (StoreException e) {
      if (!RedisExceptions.isTransient(e)) {
        throw e;
      }
      log.warn("Index {} exists, but its schema could not be verified", name(), e);
    }
  }

  private String name() {
    return index.name();
  }
}
