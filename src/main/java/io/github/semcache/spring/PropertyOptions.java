package io.github.semcache.spring;

import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Passes properties to the options of a builder. A property that is not set leaves the default of
 * the builder. A value that the builder rejects is reported with the name of its property.
 *
 * @param <B> the type of the builder, or of an immutable object whose options return copies
 */
final class PropertyOptions<B> {
  private final String prefix;
  private B builder;

  private PropertyOptions(String prefix, B builder) {
    this.prefix = prefix;
    this.builder = builder;
  }

  /**
   * Returns an object that sets options of a builder.
   *
   * @param prefix the prefix of the names of all properties, for example {@code semcache.redis.}
   * @param builder the builder
   */
  static <B> PropertyOptions<B> of(String prefix, B builder) {
    return new PropertyOptions<>(prefix, builder);
  }

  /** Sets an option if the property has a value. */
  <T> PropertyOptions<B> set(String property, @Nullable T value, BiFunction<B, T, B> option) {
    if (value != null) {
      builder = checked(prefix + property, () -> option.apply(builder, value));
    }
    return this;
  }

  /** Enables an option if the property is true. */
  PropertyOptions<B> enable(String property, boolean enabled, UnaryOperator<B> option) {
    if (enabled) {
      builder = checked(prefix + property, () -> option.apply(builder));
    }
    return this;
  }

  /** Returns the builder with all options. */
  B builder() {
    return builder;
  }

  /**
   * Returns the result of an option.
   *
   * @throws InvalidConfigurationException if the option rejects the value of the property
   */
  static <T> T checked(String property, Supplier<T> option) {
    try {
      return option.get();
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationException(
          property + " is invalid: " + e.getMessage(),
          "Correct " + property + ", or remove it to use the default.",
          e);
    }
  }
}
