package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** What Jedis throws, and what it means to a store. */
final class RedisFailures {

  /** How a server begins an error that will pass by itself, or when somebody sees to the server. */
  private static final List<String> PASSING =
      List.of(
          "LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "OOM", "BUSY", "MISCONF");

  private RedisFailures() {}

  /**
   * Runs what Jedis does.
   *
   * @param action what is tried, for the message: "find an entry"
   * @throws StoreException for whatever Jedis throws
   */
  static <T> T translating(String action, Supplier<T> jedis) {
    try {
      return jedis.get();
    } catch (JedisException | IllegalStateException | ClassCastException e) {
      // A pipeline of Jedis throws IllegalStateException where it has lost a connection.
      throw storeException(action, e);
    }
  }

  static StoreException storeException(String action, RuntimeException failure) {
    keepInterrupt(failure);
    String remedy = remedy(failure).map(text -> "; " + text).orElse("");
    return new StoreException(
        "Redis failed to " + action + ": " + describe(failure) + remedy, failure);
  }

  /** Jedis's pool swallows an interruption; the thread is to keep it. */
  private static void keepInterrupt(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String describe(RuntimeException failure) {
    return failure instanceof JedisDataException
        ? String.valueOf(failure.getMessage())
        : failure.getClass().getSimpleName() + ": " + failure.getMessage();
  }

  private static Optional<String> remedy(RuntimeException failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure.getCause() instanceof NoSuchElementException wait && wait.getMessage() != null) {
      return Optional.of("no connection of the pool came free in time, so give the client more");
    }
    if (isUnknownCommand(failure)) {
      return Optional.of(
          "the server has no search module, so use Redis 8, Redis Stack, or a server that loads it");
    }
    if (message.startsWith("NOPERM")) {
      return Optional.of(
          "the documentation of RedisVectorStore lists the commands that the user needs");
    }
    if (failure instanceof JedisRedirectionException) {
      return Optional.of("the server belongs to a cluster, so use Jedis's client for clusters");
    }
    return Optional.empty();
  }

  /** Whether trying again later may succeed without a change of the configuration. */
  static boolean isPassing(StoreException failure) {
    Throwable cause = failure.getCause();
    return cause instanceof JedisDataException
        ? PASSING.stream().anyMatch(String.valueOf(cause.getMessage())::startsWith)
        : cause instanceof JedisException;
  }

  /** Whether a server could not be asked, or did not answer. */
  static boolean isOfConnection(StoreException failure) {
    return failure.getCause() instanceof JedisConnectionException
        || failure.getCause() instanceof JedisClusterOperationException;
  }

  /** Whether the server says that there is no such index, in the words of any of its versions. */
  static boolean isMissingIndex(@Nullable Throwable failure) {
    return failure instanceof JedisDataException
        && containsAny(failure, "no such index", "unknown index name", "index not found");
  }

  static boolean isExistingIndex(@Nullable Throwable failure) {
    return failure instanceof JedisDataException && containsAny(failure, "index already exists");
  }

  static boolean isReadOnly(@Nullable Throwable failure) {
    return failure instanceof JedisDataException && containsAny(failure, "readonly ");
  }

  static boolean isWrongType(@Nullable Throwable failure) {
    return failure instanceof JedisDataException && containsAny(failure, "wrongtype");
  }

  private static boolean isUnknownCommand(Throwable failure) {
    return failure instanceof JedisDataException && containsAny(failure, "unknown command");
  }

  private static boolean containsAny(Throwable failure, String... parts) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return List.of(parts).stream().anyMatch(message::contains);
  }
}
