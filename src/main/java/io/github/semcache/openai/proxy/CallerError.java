package io.github.semcache.openai.proxy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Tells the failures that only the caller who met them has from those that all would meet. */
final class CallerError {
  /**
   * What the service answers to a key that it does not accept, that may not see what is asked for,
   * or that has no quota left, and to a client that is too slow.
   */
  private static final Set<Integer> STATUSES = Set.of(401, 402, 403, 404, 408, 429);

  /** What OkHttp says of a call that was cancelled. */
  private static final String CANCELED = "Canceled";

  private CallerError() {}

  /** Whether it is about the caller's credentials, quota or time limit, or its own giving up. */
  static boolean is(Throwable failure) {
    for (@Nullable Throwable e = failure; e != null; e = e.getCause()) {
      if (isOne(e)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOne(Throwable failure) {
    return failure instanceof InterruptedException
        || failure instanceof InterruptedIOException
        || failure instanceof CancellationException
        || (failure instanceof IOException && CANCELED.equals(failure.getMessage()))
        || (failure instanceof UnusableResponseException e && is(e.response()));
  }

  private static boolean is(BufferedResponse response) {
    return STATUSES.contains(response.status())
        || response.failure().map(CallerError::is).orElse(false);
  }
}
