package io.github.semcache.internal.concurrent;

import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/** Distinguishes failures caused by an interrupt of the calling thread from other failures. */
public final class Interrupts {
  /** Limits the search in chains of causes that contain a cycle. */
  private static final int MAX_CAUSES = 50;

  private Interrupts() {}

  /**
   * Returns whether this thread is interrupted, or was when the failure occurred.
   *
   * @param failure the failure
   * @return whether an interrupt caused it
   */
  public static boolean caused(Throwable failure) {
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
