package io.github.semcache.spring;

import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The chat options of a request as names and texts, for comparison with those of other requests.
 * Contains the properties of all subclasses. Properties that do not change the answer are left out:
 * credentials, limits of the connection, and what a service records about the caller. Tools are
 * compared by their definitions.
 */
final class OptionsText {
  private static final Set<String> IGNORED =
      Set.of(
          "apiKey",
          "class",
          "credential",
          "maxRetries",
          "metadata",
          "promptCacheKey",
          "proxy",
          "safetyIdentifier",
          "serviceTier",
          "store",
          "streamOptions",
          "streamUsage",
          "timeout",
          "toolCallbacks",
          "toolContext",
          "user");

  private OptionsText() {}

  /**
   * Returns the properties with a value.
   *
   * @throws IllegalArgumentException if the class of a value has no {@code toString}, because
   *     requests that differ in it would be treated as equal
   */
  static Map<String, String> of(ChatOptions options) {
    Map<String, String> properties = new TreeMap<>();
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(options.getClass())) {
      @Nullable Method getter = property.getReadMethod();
      if (getter != null && !IGNORED.contains(property.getName())) {
        value(getter, options).ifPresent(value -> properties.put(property.getName(), text(value)));
      }
    }
    return properties;
  }

  private static Optional<Object> value(Method getter, Object target) {
    ReflectionUtils.makeAccessible(getter);
    return Optional.ofNullable(ReflectionUtils.invokeMethod(getter, target));
  }

  private static String text(@Nullable Object value) {
    if (value == null || value instanceof CharSequence) {
      return quoted(value);
    }
    if (value instanceof Map<?, ?> map) {
      return entries(map).toString();
    }
    if (value instanceof Collection<?> collection) {
      List<String> texts = new ArrayList<>();
      collection.forEach(element -> texts.add(text(element)));
      if (value instanceof Set && !(value instanceof SortedSet)) {
        texts.sort(null);
      }
      return texts.toString();
    }
    if (value instanceof Object[] array) {
      return text(Arrays.asList(array));
    }
    if (!declaresToString(value.getClass())) {
      throw new IllegalArgumentException(value.getClass() + " does not declare toString");
    }
    return value.toString();
  }

  /** Quotes a text, so that it cannot be mistaken for the end of a value or for another value. */
  private static String quoted(@Nullable Object text) {
    return text == null
        ? "null"
        : "\"" + text.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** Preserves the order of maps that have one; the order of other maps depends on the JVM. */
  private static Map<String, String> entries(Map<?, ?> map) {
    Map<String, String> entries =
        map instanceof LinkedHashMap ? new LinkedHashMap<>() : new TreeMap<>();
    map.forEach((key, value) -> entries.put(text(key), text(value)));
    return entries;
  }

  private static boolean declaresToString(Class<?> type) {
    @Nullable Method method = ReflectionUtils.findMethod(type, "toString");
    return method != null && method.getDeclaringClass() != Object.class;
  }

  /** Returns whether the options ask the service to search the web. */
  static boolean searchLive(Map<String, String> options) {
    Predicate<Map.Entry<String, String>> search =
        option -> option.getKey().toLowerCase(Locale.ROOT).contains("search");
    return options.entrySet().stream()
            .filter(search)
            .anyMatch(option -> !Set.of("false", "[]", "{}").contains(option.getValue()))
        || options.getOrDefault("extraBody", "").contains("search")
        || options.getOrDefault("model", "").contains("-search-");
  }

  /** Returns whether the options ask the model for JSON. */
  static boolean json(Map<String, String> options) {
    return Set.of("responseFormat", "format", "responseMimeType").stream()
        .map(name -> options.getOrDefault(name, ""))
        .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("json"));
  }
}
