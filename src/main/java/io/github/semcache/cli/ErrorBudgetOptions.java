package io.github.semcache.cli;

import io.github.semcache.learning.ErrorBudget;
import picocli.CommandLine.TypeConversionException;

/** Parses the options of an error budget, for example {@code confidence=0.9,window=2000}. */
final class ErrorBudgetOptions {
  private ErrorBudgetOptions() {}

  /**
   * Applies options to a policy.
   *
   * @param options comma-separated pairs of name and value
   * @return the policy with the options
   * @throws TypeConversionException if an option does not exist or its value is not a number
   * @throws IllegalArgumentException if a value is out of range
   */
  static ErrorBudget apply(ErrorBudget budget, String options) {
    ErrorBudget result = budget;
    for (String option : options.split(",", -1)) {
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      result = apply(result, name, equals < 0 ? "" : option.substring(equals + 1));
    }
    return result;
  }

  private static ErrorBudget apply(ErrorBudget budget, String name, String value) {
    try {
      return switch (name) {
        case "confidence" -> budget.confidence(Double.parseDouble(value));
        case "audit-rate" -> budget.auditRate(Double.parseDouble(value));
        case "warm-up" -> budget.warmUp(Integer.parseInt(value));
        case "window" -> budget.window(Integer.parseInt(value));
        default ->
            throw new TypeConversionException(
                "'"
                    + name
                    + "' is not an option of error-budget; the options are confidence, audit-rate,"
                    + " warm-up, and window");
      };
    } catch (NumberFormatException e) {
      throw new TypeConversionException(name + " is '" + value + "'; it must be a number");
    }
  }
}
