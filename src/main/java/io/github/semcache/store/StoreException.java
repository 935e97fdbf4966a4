package io.github.semcache.store;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a store fails, or if its data or index is not as expected. The message never contains
 * prompts or answers.
 */
public sealed class StoreException extends RuntimeException {
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

  /** Thrown if an entry exists but cannot be read: a field is missing or invalid. */
  public static final class CorruptEntry extends StoreException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the key of the entry and the reason why it is corrupt
     * @param cause the cause, or null
     */
    public CorruptEntry(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
