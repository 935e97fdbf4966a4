package io.github.semcache.store;

import org.jspecify.annotations.Nullable;

/** An entry is there but cannot be read: a field is missing, or is not what it should be. */
public final class CorruptEntryException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * Trouble with its cause.
   *
   * @param message which entry, and what is wrong with it
   * @param cause the failure behind it, if there was one
   */
  public CorruptEntryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
