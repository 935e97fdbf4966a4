package io.github.semcache.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a data file cannot be read or is not valid. The message contains the file, the line if
 * it is known, and the problem. It never contains the text of a prompt.
 */
public final class DataFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long line;
  private final String problem;

  DataFileException(String message) {
    this(message, null);
  }

  DataFileException(String message, @Nullable Throwable cause) {
    this(message, 0, message, cause);
  }

  private DataFileException(String message, long line, String problem, @Nullable Throwable cause) {
    super(message, cause);
    this.line = line;
    this.problem = problem;
  }

  /** Returns an exception whose message contains the file and the line. */
  static DataFileException inLine(
      String source, long line, String problem, @Nullable Throwable cause) {
    return new DataFileException(source + ", line " + line + ": " + problem, line, problem, cause);
  }

  /** Returns the line, or 0 if it is not known. */
  long line() {
    return line;
  }

  /** Returns the message without the file and the line. */
  String problem() {
    return problem;
  }
}
