package io.github.semcache.openai;

import static java.util.Objects.requireNonNull;

/** Argument checks of the builders in this package. */
final class OptionChecks {

  private OptionChecks() {}

  static String notBlank(String value, String option) {
    if (requireNonNull(value, option).isBlank()) {
      throw new IllegalArgumentException(option + " is blank; it must not be");
    }
    return value;
  }

  static int positive(int value, String option) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " is " + value + "; it must be at least 1");
    }
    return value;
  }
}
