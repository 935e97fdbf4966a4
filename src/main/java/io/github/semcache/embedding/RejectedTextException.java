package io.github.semcache.embedding;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if an embedder cannot embed a text, for example because it is too long or contains nothing
 * that the model can read. The circuit breaker of the embedder does not count it as a failure.
 */
public final class RejectedTextException extends EmbedderException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception without a cause.
   *
   * @param message the reason for the rejection, without the text
   */
  public RejectedTextException(String message) {
    super(message);
  }

  /**
   * Creates an exception.
   *
   * @param message the reason for the rejection, without the text
   * @param cause the cause, or null
   */
  public RejectedTextException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
