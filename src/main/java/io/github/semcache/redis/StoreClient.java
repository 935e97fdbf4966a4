package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/**
 * The client of a store: the caller's, or one that is opened when it is first needed, and again
 * later if that fails. Safe for use by many threads.
 */
final class StoreClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StoreClient.class);
  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * A client that is open.
   *
   * @param lookAround asks which node of the cluster has what; empty if it is the client's own
   *     affair, or there is no cluster
   */
  record Opened(UnifiedJedis jedis, Optional<Runnable> lookAround) {}

  private final @Nullable RedisConnection connection;
  private final Executor background;
  private final LongSupplier ticker;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile @Nullable Opened opened;

  /** Guarded by this object, as are the next two. */
  private @Nullable StoreException failure;

  private long due;
  private boolean closed;

  private StoreClient(
      @Nullable RedisConnection connection,
      @Nullable Opened opened,
      Executor background,
      LongSupplier ticker) {
    this.connection = connection;
    this.opened = opened;
    this.background = background;
    this.ticker = ticker;
  }

  /** A client of the caller's, which stays open. */
  static StoreClient of(UnifiedJedis jedis) {
    return new StoreClient(
        null, new Opened(jedis, Optional.empty()), Runnable::run, System::nanoTime);
  }

  /**
   * A client of the store's own.
   *
   * @param background runs what must not hold up a call
   * @param ticker nanoseconds
   */
  static StoreClient opening(RedisConnection connection, Executor background, LongSupplier ticker) {
    return new StoreClient(connection, null, background, ticker);
  }

  /**
   * The client.
   *
   * @throws StoreException if it cannot be opened, or could not be within the last second
   */
  UnifiedJedis jedis() {
    Opened now = opened;
    return now != null ? now.jedis() : open().jedis();
  }

  private synchronized Opened open() {
    Opened now = opened;
    if (now != null) {
      return now;
    }
    RedisConnection own = connection;
    if (closed || own == null) {
      throw new IllegalStateException("the store is closed");
    }
    StoreException last = failure;
    if (last != null && ticker.getAsLong() - due < 0) {
      throw new StoreException(last.getMessage() + " (less than a second ago)", last.getCause());
    }
    try {
      now = own.connect();
    } catch (StoreException e) {
      failure = e;
      due = ticker.getAsLong() + PAUSE_NANOS;
      throw e;
    }
    opened = now;
    return now;
  }

  /** A call has failed: if a node of a cluster could not be asked, another may have its place. */
  void failed(StoreException trouble) {
    Opened now = opened;
    if (now != null && now.lookAround().isPresent() && RedisFailures.isOfConnection(trouble)) {
      lookAround(now.lookAround().get());
    }
  }

  private void lookAround(Runnable lookAround) {
    if (!looking.compareAndSet(false, true)) {
      return;
    }
    try {
      background.execute(
          () -> {
            try {
              lookAround.run();
            } catch (RuntimeException e) {
              log.debug("The nodes of the cluster could not be asked for", e);
            } finally {
              looking.set(false);
            }
          });
    } catch (RejectedExecutionException e) {
      // The next call that fails tries again.
      looking.set(false);
    }
  }

  /** Closes the client, unless it is the caller's. The second time it does nothing. */
  @Override
  public synchronized void close() {
    Opened now = opened;
    if (connection == null) {
      return;
    }
    closed = true;
    opened = null; // a closed client of a cluster would connect anew
    if (now != null) {
      now.jedis().close();
    }
  }
}
