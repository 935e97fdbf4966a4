package io.github.semcache.embedding;

import org.jspecify.annotations.Nullable;

/** Thrown if an embedder fails. The message does not contain the text that was to be embedded. */
public sealed class EmbedderException extends RuntimeException permits RejectedTextException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception without a cause.
   *
   * @param message the description of the failure, without the text
   */
  public EmbedderException(String message) {
    this(message, null);
  }

  /**
   * Creates an exception.
   *
   * @param message the description of the failure, without the text
   * @param cause the cause, or null
   */
  public EmbedderException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
