package io.github.semcache.cli;

import io.github.semcache.policy.HitPolicy;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A policy as it is named on the command line.
 *
 * @param name how it was typed
 * @param hitPolicy the policy, without guards
 */
record Policy(String name, HitPolicy hitPolicy) {
  /** What may be typed. */
  static final String CHOICES = "max-distance=CUT or never";

  /** Reads {@code NAME[=NUMBER]}. */
  static final class Converter implements ITypeConverter<Policy> {
    @Override
    public Policy convert(String text) {
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      String number = equals < 0 ? "" : text.substring(equals + 1);
      return new Policy(
          text,
          switch (name) {
            case "max-distance" -> {
              double cut = parse(text, number);
              yield checked(text, () -> HitPolicy.maxDistance(cut));
            }
            case "never" -> {
              requireNone(text, number);
              yield HitPolicy.never();
            }
            default ->
                throw new TypeConversionException(
                    "'" + text + "' is unknown; it must be " + CHOICES);
          });
    }

    private static double parse(String text, String number) {
      try {
        return Double.parseDouble(number);
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "'" + text + "' has no number after '=', as in max-distance=0.15");
      }
    }

    private static void requireNone(String text, String number) {
      if (!number.isEmpty()) {
        throw new TypeConversionException("'" + text + "' takes no number");
      }
    }

    private static <T> T checked(String text, Supplier<T> factory) {
      try {
        return factory.get();
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "': " + e.getMessage());
      }
    }
  }
}
