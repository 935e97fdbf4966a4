package io.github.semcache.cli;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was told to; the message says why in one line. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
