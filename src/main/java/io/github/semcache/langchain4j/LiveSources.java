package io.github.semcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import java.lang.reflect.InvocationTargetException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Detects responses that depend on live data: those whose metadata has the sources of a web search,
 * or whose message has the results of tools that the service executed.
 */
final class LiveSources {
  /** Accessors of the metadata of Gemini and Perplexity. */
  private static final List<String> ACCESSORS =
      List.of("groundingMetadata", "citations", "searchResults");

  /** Parts of the names of attributes, in lower case, as Anthropic and Gemini use them. */
  private static final List<String> ATTRIBUTES =
      List.of("server_tool", "grounding", "citation", "web_search");

  private LiveSources() {}

  static boolean areIn(ChatResponse response) {
    return response.aiMessage().attributes().keySet().stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .anyMatch(name -> ATTRIBUTES.stream().anyMatch(name::contains))
        || ACCESSORS.stream().anyMatch(name -> hasValue(response.metadata(), name));
  }

  private static boolean hasValue(Object metadata, String accessor) {
    try {
      Object value = metadata.getClass().getMethod(accessor).invoke(metadata);
      boolean isEmpty =
          value == null
              || (value instanceof Collection<?> collection && collection.isEmpty())
              || (value instanceof Map<?, ?> map && map.isEmpty());
      return !isEmpty;
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return false;
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(accessor + " failed", e.getCause());
    }
  }
}
