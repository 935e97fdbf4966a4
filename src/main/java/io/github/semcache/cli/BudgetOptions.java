package io.github.semcache.cli;

import io.github.semcache.learning.ErrorBudget;
import picocli.CommandLine.TypeConversionException;

/**
 * The options of an error budget, as they are typed behind it: {@code confidence=0.9,window=...}.
 */
final class BudgetOptions {
  private BudgetOptions() {}

  /**
   * Sets options.
   *
   * @param options name and value of each, with commas between
   * @throws TypeConversionException if there is no such option, or its value is no number
   * @throws IllegalArgumentException if a value is outside its bounds
   */
  static ErrorBudget set(ErrorBudget budget, String options) {
    ErrorBudget set = budget;
    for (String option : options.split(",", -1)) {
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      set = set(set, name, equals < 0 ? "" : option.substring(equals + 1));
    }
    return set;
  }

  private static ErrorBudget set(ErrorBudget budget, String name, String value) {
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
                    + "' is no option of error-budget; it has confidence, audit-rate, warm-up and"
                    + " window");
      };
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + value + "' is no value of " + name);
    }
  }
}
