package io.github.semcache.openai.proxy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes failures that are specific to one caller (credentials, quota, timeout,
 * cancellation) from failures that every caller would see.
 */
final class CallerError {
  /** Missing credentials, permissions, or quota, and a request that the client sent too slowly. */
  private static final Set<Integer> STATUSES = Set.of(401, 402, 403, 404, 408, 429);

  /** The message of OkHttp's exception for a canceled call. */
  private static final String CANCELED = "Canceled";

  /** Limits the search in chains of causes that contain a cycle. */
  private static final int MAX_CAUSES = 50;

  private CallerError() {}

  /** Returns whether a failure or one of its causes is specific to one caller. */
  static boolean matches(Throwable failure) {
    @Nullable Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      if (isCallerError(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isCallerError(Throwable failure) {
    return failure instanceof InterruptedException
        || failure instanceof InterruptedIOException
        || failure instanceof CancellationException
        || (failure instanceof IOException && CANCELED.equals(failure.getMessage()))
        || (failure instanceof UnusableResponseException e && isCallerError(e.response()));
  }

  private static boolean isCallerError(BufferedResponse response) {
    return STATUSES.contains(response.status())
        || response.failure().map(CallerError::matches).orElse(false);
  }
}
