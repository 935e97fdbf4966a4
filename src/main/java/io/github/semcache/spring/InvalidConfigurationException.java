package io.github.semcache.spring;

import org.jspecify.annotations.Nullable;

/** The auto-configuration cannot create a bean; {@link #action} states the remedy. */
final class InvalidConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String description;
  private final String action;

  InvalidConfigurationException(String description, String action) {
    this(description, action, null);
  }

  InvalidConfigurationException(String description, String action, @Nullable Throwable cause) {
    super(description + ". " + action, cause);
    this.description = description;
    this.action = action;
  }

  String description() {
    return description;
  }

  String action() {
    return action;
  }
}
