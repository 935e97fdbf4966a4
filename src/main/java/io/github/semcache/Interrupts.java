package io.github.semcache;

import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a caller who was interrupted, and gives up for itself alone, from one whose part failed.
 */
final class Interrupts {
  /** Deeper than any real chain; ends one that leads back into itself. */
  private static final int MAX_CAUSES = 50;

  private Interrupts() {}

  /** Whether this thread is interrupted, or was when the failure came about. */
  static boolean caused(Throwable failure) {
    return Thread.currentThread().isInterrupted() || isInChainOf(failure);
  }

  private static boolean isInChainOf(Throwable failure) {
    @Nullable Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      if (cause instanceof InterruptedException || cause instanceof ClosedByInterruptException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
