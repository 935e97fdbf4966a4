package io.github.semcache.embedding;

import org.jspecify.annotations.Nullable;

/** An embedding could not be made. The message never holds the text that was to be embedded. */
public sealed class EmbedderException extends RuntimeException permits RejectedTextException {
  private static final long serialVersionUID = 1L;

  /**
   * Trouble without a cause.
   *
   * @param message what went wrong
   */
  public EmbedderException(String message) {
    this(message, null);
  }

  /**
   * Trouble with its cause.
   *
   * @param message what went wrong
   * @param cause the failure behind it, if there was one
   */
  public EmbedderException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
