package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/**
 * Provides the Jedis client of a store: the caller's, or one that is opened when it is first used.
 * If opening fails, the next attempt is made a second later at the earliest.
 *
 * <p>This class is thread-safe.
 */
final class JedisProvider implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JedisProvider.class);
  private static final long RETRY_DELAY_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * An open client.
   *
   * @param refreshTopology reads the topology of the cluster again; empty if the client is not a
   *     cluster client, or belongs to the caller
   * @param hasIdleConnection whether a command can be sent without connecting, on a connection
   *     whose reads end at the deadline of the call
   */
  record OpenClient(
      UnifiedJedis jedis, Optional<Runnable> refreshTopology, BooleanSupplier hasIdleConnection) {
    OpenClient(UnifiedJedis jedis, Optional<Runnable> refreshTopology) {
      this(jedis, refreshTopology, () -> false);
    }
  }

  private final @Nullable RedisConnection connection;
  private final Executor background;
  private final LongSupplier ticker;
  private final AtomicBoolean refreshing = new AtomicBoolean();
  private volatile @Nullable OpenClient open;

  /** Held while a client is opened. A lock and not a monitor, which would pin virtual threads. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, as are the next two fields. */
  private @Nullable StoreException lastFailure;

  private long nextAttemptNanos;
  private boolean closed;

  private JedisProvider(
      @Nullable RedisConnection connection,
      @Nullable OpenClient open,
      Executor background,
      LongSupplier ticker) {
    this.connection = connection;
    this.open = open;
    this.background = background;
    this.ticker = ticker;
  }

  /** Provides a client of the caller, which {@link #close} does not close. */
  static JedisProvider of(UnifiedJedis jedis) {
    return new JedisProvider(
        null, new OpenClient(jedis, Optional.empty()), Runnable::run, System::nanoTime);
  }

  /**
   * Provides a client that this provider opens and closes.
   *
   * @param background runs the refresh of the topology
   * @param ticker the time in nanoseconds
   */
  static JedisProvider opening(
      RedisConnection connection, Executor background, LongSupplier ticker) {
    return new JedisProvider(connection, null, background, ticker);
  }

  /**
   * Returns the client.
   *
   * @throws StoreException if it cannot be opened, or could not be opened within the last second
   * @throws IllegalStateException if this provider is closed
   */
  UnifiedJedis get() {
    OpenClient current = open;
    return current != null ? current.jedis() : open().jedis();
  }

  /** Returns whether the next call needs no new connection and ends at its deadline. */
  boolean observesDeadline() {
    OpenClient current = open;
    return current != null && current.hasIdleConnection().getAsBoolean();
  }

  private OpenClient open() {
    lock.lock();
    try {
      return openLocked();
    } finally {
      lock.unlock();
    }
  }

  private OpenClient openLocked() {
    OpenClient current = open;
    if (current != null) {
      return current;
    }
    RedisConnection own = connection;
    if (closed || own == null) {
      throw new IllegalStateException("the store is closed");
    }
    StoreException failure = lastFailure;
    if (failure != null && ticker.getAsLong() - nextAttemptNanos < 0) {
      throw new StoreException(
          failure.getMessage() + " (less than a second ago)", failure.getCause());
    }
    try {
      current = own.connect();
    } catch (StoreException e) {
      lastFailure = e;
      nextAttemptNanos = ticker.getAsLong() + RETRY_DELAY_NANOS;
      throw e;
    }
    open = current;
    return current;
  }

  /** Refreshes the topology if a node of the cluster could not be reached. */
  void onFailure(StoreException failure) {
    OpenClient current = open;
    if (current != null && RedisExceptions.isConnectionFailure(failure)) {
      current.refreshTopology().ifPresent(this::refreshTopology);
    }
  }

  private void refreshTopology(Runnable refreshTopology) {
    if (!refreshing.compareAndSet(false, true)) {
      return;
    }
    try {
      background.execute(
          () -> {
            try {
              refreshTopology.run();
            } catch (RuntimeException e) {
              log.debug("Failed to refresh the cluster topology", e);
            } finally {
              refreshing.set(false);
            }
          });
    } catch (RejectedExecutionException e) {
      // The next failure triggers another attempt.
      refreshing.set(false);
    }
  }

  /** Closes the client unless it belongs to the caller. Subsequent calls have no effect. */
  @Override
  public void close() {
    if (connection == null) {
      return;
    }
    @Nullable OpenClient current;
    lock.lock();
    try {
      current = open;
      closed = true;
      open = null; // a closed cluster client would connect again
    } finally {
      lock.unlock();
    }
    if (current != null) {
      current.jedis().close();
    }
  }
}
