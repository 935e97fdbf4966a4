package io.github.semcache.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * A file of prompts is not what it should be. The message names the file, where it can the line,
 * and what is wrong; it never holds a text of a prompt.
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
