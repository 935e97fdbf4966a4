package io.github.semcache.embedding;

import org.jspecify.annotations.Nullable;

/** Thrown if an embedder fails. The message does not contain the text that was to be embedded. */
public sealed class EmbedderException extends RuntimeException {
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

  /**
   * Thrown if an embedder cannot embed a text, for example because it is too long or contains
   * nothing that the model can read. The circuit breaker of the embedder does not count it as a
   * failure.
   */
  public static final class RejectedText extends EmbedderException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception without a cause.
     *
     * @param message the reason for the rejection, without the text
     */
    public RejectedText(String message) {
      super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message the reason for the rejection, without the text
     * @param cause the cause, or null
     */
    public RejectedText(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
