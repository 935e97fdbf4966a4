package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** Translates the exceptions of Jedis to {@link StoreException} and classifies them. */
final class RedisExceptions {

  /** The prefixes of server errors that need no change to the configuration of the store. */
  private static final List<String> TRANSIENT =
      List.of(
          "LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "OOM", "BUSY", "MISCONF");

  /** The text that precedes the arguments in the error of an unknown command. */
  private static final String QUOTED_ARGUMENTS = ", with args beginning with";

  /** The maximum number of causes that are searched, because a chain may contain a cycle. */
  private static final int MAX_CAUSES = 16;

  private RedisExceptions() {}

  /**
   * Calls Jedis.
   *
   * @param action the attempted operation, for the message: "find an entry"
   * @throws StoreException if Jedis throws an exception
   */
  static <T> T translate(String action, Supplier<T> call) {
    try {
      return call.get();
    } catch (JedisException
        | IllegalStateException
        | ClassCastException
        | NumberFormatException e) {
      // A pipeline of Jedis throws IllegalStateException after its connection is lost.
      throw storeException(action, withoutArguments(e));
    }
  }

  /**
   * Removes the arguments that a server quotes in the error of an unknown command. They may be a
   * password or the text of a prompt.
   */
  private static RuntimeException withoutArguments(RuntimeException failure) {
    Optional<Throwable> quoting =
        Stream.<Throwable>iterate(failure, Objects::nonNull, RedisExceptions::next)
            .limit(MAX_CAUSES)
            .filter(cause -> quotedArguments(cause) >= 0)
            .findFirst();
    if (quoting.isEmpty()) {
      return failure;
    }
    String message = String.valueOf(quoting.get().getMessage());
    JedisDataException redacted =
        new JedisDataException(message.substring(0, quotedArguments(quoting.get())));
    redacted.setStackTrace(failure.getStackTrace());
    return redacted;
  }

  /** Returns the cause of a failure; in a cluster, Jedis attaches it as a suppressed exception. */
  private static @Nullable Throwable next(Throwable failure) {
    Throwable[] suppressed = failure.getSuppressed();
    return failure.getCause() == null && suppressed.length > 0 ? suppressed[0] : failure.getCause();
  }

  /** Returns the position of the quoted arguments in a message, or -1 if there are none. */
  private static int quotedArguments(Throwable failure) {
    return String.valueOf(failure.getMessage()).indexOf(QUOTED_ARGUMENTS);
  }

  private static StoreException storeException(String action, RuntimeException failure) {
    restoreInterrupt(failure);
    String remedy = remedy(failure).map(text -> "; " + text).orElse("");
    return new StoreException(
        "Redis failed to " + action + ": " + describe(failure) + remedy, failure);
  }

  /** Sets the interrupt flag, which Jedis clears when a wait for a connection is interrupted. */
  private static void restoreInterrupt(Throwable failure) {
    boolean isInterrupt =
        Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
            .limit(MAX_CAUSES)
            .anyMatch(InterruptedException.class::isInstance);
    if (isInterrupt) {
      Thread.currentThread().interrupt();
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
      return Optional.of(
          "all connections of the pool were in use, so increase the maximum number of connections");
    }
    if (isUnknownCommand(failure)) {
      return Optional.of(
          "the server has no search module, so use Redis 8, Redis Stack, or a server that loads it");
    }
    // The second is that of valkey-search.
    if (message.startsWith("NOPERM") || message.contains("doesn't have a permission")) {
      return Optional.of("docs/redis.md lists the permissions that the user needs");
    }
    if (failure instanceof JedisRedirectionException) {
      return Optional.of("the server belongs to a cluster, so use a cluster client");
    }
    return Optional.empty();
  }

  /** Returns whether a later attempt may succeed without a change to the configuration. */
  static boolean isTransient(StoreException failure) {
    Throwable cause = failure.getCause();
    return cause instanceof JedisDataException
        ? TRANSIENT.stream().anyMatch(String.valueOf(cause.getMessage())::startsWith)
        : cause instanceof JedisException;
  }

  /** Returns whether a server could not be reached or did not reply. */
  static boolean isConnectionFailure(StoreException failure) {
    return failure.getCause() instanceof JedisConnectionException
        || failure.getCause() instanceof JedisClusterOperationException;
  }

  /** Returns whether the index does not exist; the message depends on the server version. */
  static boolean isMissingIndex(@Nullable Throwable failure) {
    return isServerError(failure, "no such index", "unknown index name", "index not found")
        // valkey-search: "Index with name 'i' not found", "Index schema not found: i"
        || (isServerError(failure, "index with name", "index schema")
            && isServerError(failure, "not found"));
  }

  static boolean isExistingIndex(@Nullable Throwable failure) {
    // RediSearch: "Index already exists"; valkey-search: "Index i already exists."
    return isServerError(failure, "index") && isServerError(failure, "already exists");
  }

  /** Returns whether the reply was not read because of its size. */
  static boolean isReplyTooLarge(StoreException failure) {
    return Stream.<Throwable>iterate(failure, Objects::nonNull, RedisExceptions::next)
        .limit(MAX_CAUSES)
        .anyMatch(ReplyLimiter.ReplyTooLargeException.class::isInstance);
  }

  static boolean isReadOnly(@Nullable Throwable failure) {
    return isServerError(failure, "readonly ");
  }

  static boolean isWrongType(@Nullable Throwable failure) {
    return isServerError(failure, "wrongtype");
  }

  /** Returns whether the server has no memory for a write. */
  static boolean isOutOfMemory(@Nullable Throwable failure) {
    return isServerErrorWithCode(failure, "OOM");
  }

  /** Returns whether the user may not send a command. */
  static boolean isForbidden(@Nullable Throwable failure) {
    return isServerErrorWithCode(failure, "NOPERM");
  }

  private static boolean isServerErrorWithCode(@Nullable Throwable failure, String code) {
    return failure instanceof JedisDataException
        && String.valueOf(failure.getMessage()).startsWith(code);
  }

  private static boolean isUnknownCommand(Throwable failure) {
    return isServerError(failure, "unknown command");
  }

  /**
   * Returns whether the server replied with an error that contains one of the parts.
   *
   * @param parts the parts, in lower case
   */
  static boolean isServerError(@Nullable Throwable failure, String... parts) {
    if (!(failure instanceof JedisDataException)) {
      return false;
    }
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return List.of(parts).stream().anyMatch(message::contains);
  }
}
