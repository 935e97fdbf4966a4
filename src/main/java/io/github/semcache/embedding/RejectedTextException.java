package io.github.semcache.embedding;

import org.jspecify.annotations.Nullable;

/**
 * The embedder works, but not for this text: it is too long, or has nothing in it that the model
 * reads. The cache does not hold it against the embedder when it counts failures in a row.
 */
public final class RejectedTextException extends EmbedderException {
  private static final long serialVersionUID = 1L;

  /**
   * Trouble without a cause.
   *
   * @param message what is wrong with the text, without the text
   */
  public RejectedTextException(String message) {
    super(message);
  }

  /**
   * Trouble with its cause.
   *
   * @param message what is wrong with the text, without the text
   * @param cause the failure behind it, if there was one
   */
  public RejectedTextException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
