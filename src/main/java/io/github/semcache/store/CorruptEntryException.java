package io.github.semcache.store;

import org.jspecify.annotations.Nullable;

/** Thrown if an entry exists but cannot be read: a field is missing or invalid. */
public final class CorruptEntryException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the key of the entry and the reason why it is corrupt
   * @param cause the cause, or null
   */
  public CorruptEntryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
