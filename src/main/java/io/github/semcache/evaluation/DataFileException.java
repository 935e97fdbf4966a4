package io.github.semcache.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a data file cannot be read or is not valid. The message contains the file, the line if
 * it is known, and the problem. It never contains the text of a prompt.
 */
public final class DataFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DataFileException(String message) {
    this(message, null);
  }

  DataFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
