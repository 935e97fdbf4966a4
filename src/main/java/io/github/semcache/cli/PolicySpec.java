package io.github.semcache.cli;

import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.guard.Guards;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.policy.HitPolicy;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A policy as specified on the command line.
 *
 * @param name the specification
 * @param learns whether the policy learns, which requires labels
 * @param configuration sets the policy of a cache with the given guards, if they are not empty
 */
record PolicySpec(
    String name, boolean learns, BiConsumer<SemanticCacheBuilder, Optional<Guards>> configuration) {
  /** The name of the policy of a cache for which none is configured. */
  static final String DEFAULT = "default";

  /** The available policies. */
  private enum Kind {
    DEFAULT_POLICY(DEFAULT, ""),
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

    void configure(
        SemanticCacheBuilder builder, double value, String options, Optional<Guards> guards) {
      switch (this) {
        case DEFAULT_POLICY -> guards.ifPresent(builder::guards);
        case MAX_DISTANCE -> {
          builder.maxDistance(value);
          guards.ifPresent(builder::guards);
        }
        case RELATIVE -> {
          builder.relativeDistance(value);
          guards.ifPresent(builder::guards);
        }
        case SAME_WORDS ->
            builder.hitPolicy(
                guards
                    .map(some -> HitPolicy.sameWords().guards(some.and(Guards.sameWords())))
                    .orElseGet(HitPolicy::sameWords));
        case ERROR_BUDGET -> builder.hitPolicy(errorBudget(value, options, guards));
        case NEVER -> builder.hitPolicy(HitPolicy.never());
      }
    }

    private static HitPolicy errorBudget(double value, String options, Optional<Guards> guards) {
      ErrorBudget budget = ErrorBudget.of(value);
      ErrorBudget guarded = guards.map(budget::guards).orElse(budget);
      return options.isEmpty() ? guarded : ErrorBudgetOptions.apply(guarded, options);
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
      String options = values.length > 1 ? values[1] : "";
      if (values.length > 1 && options.isEmpty()) {
        throw new TypeConversionException("'" + text + "': an option is missing after the comma");
      }
      PolicySpec spec =
          new PolicySpec(
              text,
              kind == Kind.ERROR_BUDGET,
              (builder, guards) -> kind.configure(builder, value, options, guards));
      try {
        spec.configuration().accept(SemanticCache.builder(), Optional.empty());
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "': " + e.getMessage());
      }
      return spec;
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
