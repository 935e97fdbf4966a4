package io.github.semcache.cli;

import org.jspecify.annotations.Nullable;

/** Thrown if a command fails; the message is the line to print. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
