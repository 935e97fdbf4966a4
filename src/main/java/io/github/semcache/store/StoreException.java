package io.github.semcache.store;

import org.jspecify.annotations.Nullable;

/** A store could not be asked, or is not what was expected. The message never holds stored text. */
public sealed class StoreException extends RuntimeException permits CorruptEntryException {
  private static final long serialVersionUID = 1L;

  /**
   * Trouble without a cause.
   *
   * @param message what went wrong and, where there is one, the remedy
   */
  public StoreException(String message) {
    this(message, null);
  }

  /**
   * Trouble with its cause.
   *
   * @param message what went wrong and, where there is one, the remedy
   * @param cause the failure behind it, if there was one
   */
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
