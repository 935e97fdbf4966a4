package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.params.SetParams;

/**
 * Limits the number of entries in the index by removing the oldest ones. The entries are counted
 * and removed on a background thread, or between the batches of a large write: after a number of
 * writes of this store that depends on how many more entries are allowed, and after an interval
 * that depends on how fast the number grows. Only one store of a cache removes entries at a time:
 * the one that holds a lock in Redis.
 *
 * <p>If entries are written faster than the background thread removes them, a write above the
 * maximum runs the check itself, or waits up to 250 ms for the one that is running.
 *
 * <p>This class is thread-safe.
 */
final class EntryLimiter {
  private static final Logger log = LoggerFactory.getLogger(EntryLimiter.class);

  /** Removals begin below the maximum by one in this many, because other stores write meanwhile. */
  private static final int MARGIN_DIVISOR = 400;

  /** One in this many entries is removed in addition, so that few writes cause a removal. */
  private static final int HEADROOM_DIVISOR = 200;

  /** The store may write one in this many of the maximum number of entries between two counts. */
  private static final int UNCHECKED_DIVISOR = 800;

  /**
   * Writes wait for a check that is running if fewer than one in this many entries may be added.
   * Other stores may be adding them too.
   */
  private static final int WAITING_DIVISOR = 100;

  /** A store may write one in this many of the entries that may still be added, until it counts. */
  private static final int ROOM_DIVISOR = 8;

  /** Limits the effect of a count after few writes of this store. */
  private static final double MAX_GROWTH_PER_WRITE = 16;

  /** How fast the number of entries that other stores add is forgotten, per count. */
  private static final double GROWTH_DECAY = 0.9;

  private static final int BATCH_SIZE = 500;

  /** The expiry of the lock, for a process that ends without releasing it. */
  private static final long LOCK_MILLIS = 2_000;

  private static final long MAX_WORK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long RETRY_MILLIS = 20;
  private static final int LOCK_RETRIES = 125;
  private static final long LOCK_RETRY_MILLIS = 2;
  private static final long MAX_WAIT_MILLIS = 250;
  private static final long MIN_INTERVAL_NANOS = Duration.ofMillis(100).toNanos();
  private static final long MAX_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();
  private static final byte[] LOCKED = Utf8.encode("1");

  private final RedisCommands commands;
  private final LongSupplier counter;
  private final OldestEntries oldest;
  private final EntryRemover remover;
  private final long maxEntries;

  /** The number of entries above which some are removed. */
  private final long threshold;

  private final Executor executor;
  private final InstantSource time;
  private final LongSupplier ticker;

  /** The check that is scheduled or running, or null. */
  private final AtomicReference<@Nullable Check> current = new AtomicReference<>();

  private final AtomicBoolean outOfMemory = new AtomicBoolean();
  private final AtomicBoolean failureLogged = new AtomicBoolean();
  private final AtomicLong written = new AtomicLong();
  private final AtomicInteger evicted = new AtomicInteger();
  private volatile long writesUntilCheck;
  private volatile long nextCheckNanos;

  /** The number of entries after the last check. Written by one check at a time. */
  private volatile long lastCount;

  private long lastCheckNanos;

  /** How many entries all stores add for each write of this one. Written by one check at a time. */
  private volatile double growthPerWrite = 1;

  /**
   * Creates a limiter.
   *
   * @param counter counts the entries in the index
   * @param maxEntries the maximum number of entries, at least 1
   * @param executor runs the checks
   * @param time the time of creation of new entries
   * @param ticker the time in nanoseconds
   */
  EntryLimiter(
      RedisCommands commands,
      LongSupplier counter,
      OldestEntries oldest,
      long maxEntries,
      Executor executor,
      InstantSource time,
      LongSupplier ticker) {
    this.commands = commands;
    this.counter = counter;
    this.oldest = oldest;
    this.remover = new EntryRemover(commands);
    this.maxEntries = maxEntries;
    this.threshold = maxEntries - maxEntries / MARGIN_DIVISOR;
    this.executor = executor;
    this.time = time;
    this.ticker = ticker;
    this.nextCheckNanos = ticker.getAsLong();
    this.lastCheckNanos = nextCheckNanos;
  }

  /**
   * Records writes of this store, and schedules a check if one is due. If there are probably too
   * many entries and earlier writes have scheduled a check, runs it or waits for it.
   */
  void recordWrites(int count) {
    written.addAndGet(count);
    if (isDue() && !schedule() && isBehind()) {
      finishCheck();
    }
  }

  /** Records writes of this store, and checks the number of entries on this thread if it is due. */
  void recordWritesAndCheck(int count) {
    written.addAndGet(count);
    if (isDue()) {
      finishCheck();
    }
  }

  /**
   * Returns whether the writes since the last count, and those of others, may exceed the maximum.
   */
  private boolean isBehind() {
    long unchecked = written.get();
    return unchecked > writesUntilCheck
        && lastCount + growthPerWrite * unchecked > maxEntries - maxEntries / WAITING_DIVISOR;
  }

  /** Runs the scheduled check, or a new one; waits for one that is running for a limited time. */
  private void finishCheck() {
    Check check = new Check();
    Check scheduled = current.compareAndExchange(null, check);
    (scheduled == null ? check : scheduled).runOrWait();
  }

  /** Schedules the removal of some entries if the server had no memory for a write. */
  void onWriteFailure(StoreException failure) {
    if (RedisExceptions.isOutOfMemory(failure.getCause())) {
      outOfMemory.set(true);
      boolean unused = schedule();
    }
  }

  /** Returns the number of entries evicted since the last call. */
  int takeEvicted() {
    return evicted.getAndSet(0);
  }

  private boolean isDue() {
    return written.get() >= writesUntilCheck || ticker.getAsLong() - nextCheckNanos >= 0;
  }

  /** Schedules a check unless there is one. Returns whether a new one was scheduled. */
  private boolean schedule() {
    Check check = new Check();
    if (!current.compareAndSet(null, check)) {
      return false;
    }
    try {
      executor.execute(check);
    } catch (RuntimeException e) {
      // The executor is saturated or shut down. A later write tries again.
      log.debug("Failed to schedule the removal of entries", e);
      check.end();
    }
    return true;
  }

  /** A check of the number of entries, which runs once. */
  private final class Check implements Runnable {
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public void run() {
      if (started.compareAndSet(false, true)) {
        try {
          repeatIfNecessary(checkAndLog());
        } finally {
          end();
        }
      }
    }

    void runOrWait() {
      run();
      try {
        boolean unused = ended.await(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void end() {
      current.set(null);
      ended.countDown();
    }
  }

  /** Returns whether the check must be repeated soon. */
  private boolean checkAndLog() {
    try {
      return check() || written.get() >= writesUntilCheck;
    } catch (RuntimeException e) {
      postpone();
      if (failureLogged.compareAndSet(false, true)) {
        log.warn("Entries above the maximum of {} could not be removed", maxEntries, e);
      } else {
        log.debug("Entries above the maximum could not be removed", e);
      }
      return false;
    }
  }

  private void repeatIfNecessary(boolean necessary) {
    if (necessary) {
      CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS)
          .execute(
              () -> {
                boolean unused = schedule();
              });
    }
  }

  private void postpone() {
    written.set(0);
    nextCheckNanos = ticker.getAsLong() + MIN_INTERVAL_NANOS;
  }

  /**
   * Counts the entries and removes some if there are too many.
   *
   * @return whether the check must be repeated soon: another store holds the lock, or the time was
   *     too short to remove all of them
   */
  private boolean check() {
    boolean noMemory = outOfMemory.getAndSet(false);
    if (!noMemory && count() <= threshold) {
      return false;
    }
    if (!awaitLock(noMemory)) {
      return true;
    }
    long start = ticker.getAsLong();
    try {
      return limit(noMemory, start);
    } finally {
      if (ticker.getAsLong() - start < MAX_WORK_NANOS) {
        unlock();
      }
    }
  }

  private boolean limit(boolean noMemory, long start) {
    long count = count();
    long excess = count > threshold ? count - threshold + maxEntries / HEADROOM_DIVISOR : 0;
    if (noMemory) {
      excess = Math.max(excess, 1 + count / HEADROOM_DIVISOR);
    }
    while (excess > 0) {
      boolean complete = evict(excess, start);
      count = count();
      if (!complete) {
        return count > threshold;
      }
      excess = Math.max(0, count - threshold);
    }
    return false;
  }

  /** Counts the entries and plans the next check. */
  private long count() {
    long own = written.getAndSet(0);
    long count = counter.getAsLong();
    estimateGrowth(count, own);
    planNextCheck(count);
    return count;
  }

  private void estimateGrowth(long count, long own) {
    double last = lastCount == 0 ? 1 : (double) (count - lastCount) / Math.max(1, own);
    double earlier = 1 + (growthPerWrite - 1) * GROWTH_DECAY;
    growthPerWrite = Math.min(MAX_GROWTH_PER_WRITE, Math.max(last, earlier));
  }

  /**
   * Removes entries for at most a second.
   *
   * @return whether that many entries were removed
   */
  private boolean evict(long excess, long start) {
    long done = 0;
    while (done < excess) {
      if (ticker.getAsLong() - start >= MAX_WORK_NANOS) {
        return false;
      }
      int batch = (int) Math.min(BATCH_SIZE, excess - done);
      List<byte[]> keys = oldest.find(batch, time.millis());
      if (keys.isEmpty()) {
        return false;
      }
      evicted.addAndGet((int) remover.unlink(keys));
      done += keys.size();
    }
    return true;
  }

  private void planNextCheck(long count) {
    long now = ticker.getAsLong();
    long growth = count - lastCount;
    long room = Math.max(0, threshold - count);
    writesUntilCheck = Math.max(1, Math.max(maxEntries / UNCHECKED_DIVISOR, room / ROOM_DIVISOR));
    double nanosPerEntry = growth > 0 ? (double) (now - lastCheckNanos) / growth : Double.MAX_VALUE;
    double interval = Math.min((double) MAX_INTERVAL_NANOS, nanosPerEntry * room / 2);
    nextCheckNanos = now + Math.max(MIN_INTERVAL_NANOS, (long) interval);
    lastCount = count;
    lastCheckNanos = now;
  }

  /** Tries to set the lock for up to 250 ms. Another store holds it for a few milliseconds. */
  private boolean awaitLock(boolean noMemory) {
    boolean locked = lock(noMemory);
    try {
      for (int i = 0; !locked && i < LOCK_RETRIES; i++) {
        TimeUnit.MILLISECONDS.sleep(LOCK_RETRY_MILLIS);
        locked = lock(noMemory);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return locked;
  }

  /** Sets the lock. A server without memory rejects that too, and then needs no lock. */
  private boolean lock(boolean noMemory) {
    SetParams params = SetParams.setParams().nx().px(LOCK_MILLIS);
    try {
      String reply =
          commands.translate(
              "limit the number of entries", () -> commands.jedis().set(key(), LOCKED, params));
      return reply != null;
    } catch (StoreException e) {
      if (noMemory && RedisExceptions.isOutOfMemory(e.getCause())) {
        return true;
      }
      throw e;
    }
  }

  private void unlock() {
    commands.translate("limit the number of entries", () -> commands.jedis().del(key()));
  }

  private byte[] key() {
    return Utf8.encode(commands.keys().evictionKey());
  }
}
