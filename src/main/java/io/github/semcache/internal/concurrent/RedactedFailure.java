package io.github.semcache.internal.concurrent;

import org.jspecify.annotations.Nullable;

/**
 * A copy of a failure for log messages: the classes and the stack traces of the failure and its
 * causes. The message of an exception of another library or of the application may quote a prompt,
 * an answer, or a password, so it is omitted. The messages of this library's own exceptions are
 * copied.
 */
public final class RedactedFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private static final String OWN_PACKAGE = "io.github.semcache.";

  /** The maximum number of causes, because a chain of causes may contain a cycle. */
  private static final int MAX_CAUSES = 16;

  private final String description;

  private RedactedFailure(String description, @Nullable Throwable cause) {
    super(description, cause, false, true);
    this.description = description;
  }

  /**
   * Returns a copy of a failure.
   *
   * @param failure the failure
   * @return the copy, with at most 16 causes and without suppressed exceptions
   */
  public static RedactedFailure of(Throwable failure) {
    return copy(failure, MAX_CAUSES);
  }

  private static RedactedFailure copy(Throwable failure, int remainingCauses) {
    Throwable cause = failure.getCause();
    StackTraceElement[] stackTrace = failure.getStackTrace();
    RedactedFailure copy =
        new RedactedFailure(
            description(failure, stackTrace),
            cause == null || remainingCauses == 0 ? null : copy(cause, remainingCauses - 1));
    copy.setStackTrace(stackTrace);
    return copy;
  }

  private static String description(Throwable failure, StackTraceElement[] stackTrace) {
    String name = failure.getClass().getName();
    return name.startsWith(OWN_PACKAGE) && isCreatedHere(stackTrace)
        ? name + ": " + failure.getMessage()
        : name;
  }

  /** An application can also create exceptions of this library, with messages of its own. */
  private static boolean isCreatedHere(StackTraceElement[] stackTrace) {
    return stackTrace.length > 0 && stackTrace[0].getClassName().startsWith(OWN_PACKAGE);
  }

  /** Returns the class name of the failure and, if it may be logged, its message. */
  @Override
  @SuppressWarnings("OverrideThrowableToString") // the name of this class would be misleading
  public String toString() {
    return description;
  }
}
