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
 * Sees to it that the index is there: makes it when the store is built, or later if the server
 * could not be reached then, and again when somebody has dropped it. One thread at a time tries,
 * and not again at once after a failure.
 *
 * <p>Safe for use by many threads.
 */
final class IndexInitializer {
  private static final Logger log = LoggerFactory.getLogger(IndexInitializer.class);

  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long PAUSE_AFTER_MISUSE_NANOS = Duration.ofMinutes(1).toNanos();

  private final SearchIndex index;
  private final boolean assumed;
  private final LongSupplier ticker;

  private final ReentrantLock making = new ReentrantLock();
  private final AtomicInteger generation = new AtomicInteger();
  private volatile @Nullable StoreException trouble;

  /** When the next attempt may be made. Guarded by {@link #making}. */
  private long due;

  /**
   * Begins.
   *
   * @param assumed whether to leave the index alone, whatever happens
   * @param ticker nanoseconds
   */
  IndexInitializer(SearchIndex index, boolean assumed, LongSupplier ticker) {
    this.index = index;
    this.assumed = assumed;
    this.ticker = ticker;
    this.due = ticker.getAsLong();
  }

  /**
   * Makes the index, or looks whether the one that is there is the right one. Where the server
   * cannot do it now, logs that, and leaves it to {@link #require}.
   *
   * @throws StoreException if it cannot be done later either
   */
  void open() {
    if (assumed) {
      return;
    }
    try {
      attempt();
    } catch (StoreException e) {
      if (!RedisFailures.isPassing(e)) {
        throw e;
      }
      log.warn(
          "Index {} is not known to be there yet; trying again when it is used: {}",
          name(),
          e.getMessage());
      log.debug("Why index {} is not known to be there", name(), e);
    }
  }

  /**
   * Tries again to make the index, if the last attempt failed.
   *
   * @return which making of the index is in force
   * @throws StoreException if it is not there
   */
  int require() {
    if (trouble != null) {
      attempt();
    }
    StoreException failure = trouble;
    if (failure != null) {
      throw new StoreException(
          "index " + name() + " is not there: the last attempt to make it failed", failure);
    }
    return generation.get();
  }

  /**
   * Makes the index again: the server has said that there is none.
   *
   * @param seen what {@link #require} returned before the server was asked
   * @throws StoreException if it could not be made
   */
  void recover(int seen) {
    if (assumed) {
      throw new StoreException(
          "Redis has no index "
              + name()
              + ", and this store, built with assumeIndex(), does not make it; one without does");
    }
    if (seen == generation.get()) {
      attempt();
    }
  }

  private void attempt() {
    if (!making.tryLock()) {
      return;
    }
    try {
      if (ticker.getAsLong() - due >= 0) {
        make();
      }
    } finally {
      making.unlock();
    }
  }

  private void make() {
    try {
      boolean created = index.create();
      if (created) {
        log.info("Made the index {}", name());
      } else {
        verify();
      }
      generation.incrementAndGet();
      trouble = null;
      due = ticker.getAsLong() + PAUSE_NANOS;
    } catch (StoreException e) {
      trouble = e;
      boolean passing = RedisFailures.isPassing(e);
      due = ticker.getAsLong() + (passing ? PAUSE_NANOS : PAUSE_AFTER_MISUSE_NANOS);
      throw e;
    }
  }

  /** The server needs long to describe a large index; that is no reason not to use it. */
  private void verify() {
    try {
      index.verify();
    } catch (StoreException e) {
      if (!RedisFailures.isPassing(e)) {
        throw e;
      }
      log.warn("Index {} is there, but could not be compared with what it should be", name(), e);
    }
  }

  private String name() {
    return index.name();
  }
}
