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
 * A policy as specified on the command line.
 *
 * @param name the specification
 * @param factory creates the policy with its guards
 */
record PolicySpec(String name, Function<Guards, HitPolicy> factory) {

  /** Returns whether the policy learns, which requires labels. */
  boolean learns() {
    return factory.apply(Guards.none()) instanceof LearningPolicy;
  }

  /** The available policies. */
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
     * @param example an example of its value, or empty if it has no value
     */
    Kind(String name, String example) {
      this.name = name;
      this.example = example;
    }

    HitPolicy create(double value, Guards guards) {
      return switch (this) {
        case MAX_DISTANCE -> HitPolicy.maxDistance(value).guards(guards);
        case RELATIVE -> HitPolicy.relativeDistance(value).guards(guards);
        case SAME_WORDS -> HitPolicy.sameWords().guards(guards.and(Guards.sameWords()));
        case ERROR_BUDGET -> ErrorBudget.of(value).guards(guards);
        case NEVER -> HitPolicy.never();
      };
    }

    boolean hasValue() {
      return !example.isEmpty();
    }

    String usage() {
      return hasValue() ? name + '=' + example : name;
    }
  }

  /** Parses {@code NAME[=NUMBER]}; options may follow for {@code error-budget}. */
  static final class Converter implements ITypeConverter<PolicySpec> {
    @Override
    public PolicySpec convert(String text) {
      int equals = text.indexOf('=');
      Kind kind = kind(text, equals < 0 ? text : text.substring(0, equals));
      String[] values = (equals < 0 ? "" : text.substring(equals + 1)).split(",", 2);
      double value = value(kind, text, values[0]);
      if (values.length > 1 && kind != Kind.ERROR_BUDGET) {
        throw new TypeConversionException("'" + text + "': only error-budget has options");
      }
      Function<Guards, HitPolicy> factory =
          guards ->
              kind.create(value, guards) instanceof ErrorBudget budget && values.length > 1
                  ? ErrorBudgetOptions.apply(budget, values[1])
                  : kind.create(value, guards);
      try {
        requireNonNull(factory.apply(Guards.none()));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "': " + e.getMessage());
      }
      return new PolicySpec(text, factory);
    }

    private static Kind kind(String text, String name) {
      return Arrays.stream(Kind.values())
          .filter(kind -> kind.name.equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + text + "' is not a policy; examples are " + examples()));
    }

    private static String examples() {
      return Arrays.stream(Kind.values()).map(Kind::usage).collect(Collectors.joining(", "));
    }

    private static double value(Kind kind, String text, String number) {
      if (!kind.hasValue()) {
        if (!number.isEmpty()) {
          throw new TypeConversionException("'" + text + "': " + kind.name + " has no value");
        }
        return Double.NaN;
      }
      try {
        return Double.parseDouble(number);
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "'" + text + "': the value must be a number, for example " + kind.usage());
      }
    }
  }
}
