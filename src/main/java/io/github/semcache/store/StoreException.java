package io.github.semcache.store;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a store fails, or if its data or index is not as expected. The message never contains
 * prompts or answers.
 */
public sealed class StoreException extends RuntimeException permits CorruptEntryException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception without a cause.
   *
   * @param message the failed operation and the remedy, if there is one
   */
  public StoreException(String message) {
    this(message, null);
  }

  /**
   * Creates an exception.
   *
   * @param message the failed operation and the remedy, if there is one
   * @param cause the cause, or null
   */
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
