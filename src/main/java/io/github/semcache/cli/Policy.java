package io.github.semcache.cli;

import static java.util.Objects.requireNonNull;

import io.github.semcache.guard.Guards;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.learning.LearningPolicy;
import io.github.semcache.policy.HitPolicy;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A policy as it is named on the command line.
 *
 * @param name how it was typed
 * @param guardedBy makes the policy with the guards that it asks
 */
record Policy(String name, Function<Guards, HitPolicy> guardedBy) {

  /** Whether it learns, for which a replay needs labels. */
  boolean learns() {
    return guardedBy.apply(Guards.none()) instanceof LearningPolicy;
  }

  /** The policies that there are. */
  private enum Kind {
    MAX_DISTANCE("max-distance", "0.15"),
    RELATIVE("relative", "0.08"),
    SAME_WORDS("same-words", ""),
    ERROR_BUDGET("error-budget", "0.01"),
    NEVER("never", "");

    private final String name;
    private final String example;

    /**
     * A kind of policy.
     *
     * @param example a number that it takes; empty if it takes none
     */
    Kind(String name, String example) {
      this.name = name;
      this.example = example;
    }

    HitPolicy of(double number, Guards guards) {
      return switch (this) {
        case MAX_DISTANCE -> HitPolicy.maxDistance(number).guards(guards);
        case RELATIVE -> HitPolicy.relativeDistance(number).guards(guards);
        case SAME_WORDS -> HitPolicy.sameWords().guards(guards.and(Guards.sameWords()));
        case ERROR_BUDGET -> ErrorBudget.of(number).guards(guards);
        case NEVER -> HitPolicy.never();
      };
    }

    boolean takesNumber() {
      return !example.isEmpty();
    }

    String choice() {
      return takesNumber() ? name + '=' + example : name;
    }
  }

  /** Reads {@code NAME[=NUMBER]}, for error budgets with options behind it. */
  static final class Converter implements ITypeConverter<Policy> {
    @Override
    public Policy convert(String text) {
      int equals = text.indexOf('=');
      Kind kind = kind(text, equals < 0 ? text : text.substring(0, equals));
      String[] values = (equals < 0 ? "" : text.substring(equals + 1)).split(",", 2);
      double number = number(kind, text, values[0]);
      if (values.length > 1 && kind != Kind.ERROR_BUDGET) {
        throw new TypeConversionException("'" + text + "' takes no options");
      }
      Function<Guards, HitPolicy> guardedBy =
          guards ->
              kind.of(number, guards) instanceof ErrorBudget budget && values.length > 1
                  ? BudgetOptions.set(budget, values[1])
                  : kind.of(number, guards);
      try {
        requireNonNull(guardedBy.apply(Guards.none()));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "': " + e.getMessage());
      }
      return new Policy(text, guardedBy);
    }

    private static Kind kind(String text, String name) {
      return Arrays.stream(Kind.values())
          .filter(kind -> kind.name.equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + text + "' is unknown; it must be like one of " + choices()));
    }

    private static String choices() {
      return Arrays.stream(Kind.values()).map(Kind::choice).collect(Collectors.joining(", "));
    }

    private static double number(Kind kind, String text, String number) {
      if (!kind.takesNumber()) {
        if (!number.isEmpty()) {
          throw new TypeConversionException("'" + text + "' takes no number");
        }
        return Double.NaN;
      }
      try {
        return Double.parseDouble(number);
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "'" + text + "' has no number after '=', as in " + kind.choice());
      }
    }
  }
}
