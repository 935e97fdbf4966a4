package io.github.semcache.redis;

import io.github.semcache.redis.SearchEngine.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reply to {@code FT.INFO}. RediSearch lists the properties of a vector field with the field;
 * valkey-search nests them ({@code index}, and in it {@code algorithm}) and has other names.
 *
 * <p>The names are in lower case, because the search modules spell some of them differently.
 */
final class IndexDescription {
  /** The names of RediSearch, by the names of valkey-search. */
  private static final Map<String, String> OTHER_NAMES =
      Map.of("dimensions", "dim", "name", "algorithm");

  private final Map<String, @Nullable Object> info;

  /**
   * Creates a description.
   *
   * @param reply the reply to FT.INFO, as returned by Jedis
   */
  IndexDescription(List<?> reply) {
    info = ReplyParser.map(reply);
  }

  boolean isEmpty() {
    return info.isEmpty();
  }

  /** Returns the properties of the index definition. */
  Map<String, String> definition() {
    return properties(info.get("index_definition"));
  }

  /** Returns the properties of each field, by the name of the field. */
  Map<String, Map<String, String>> attributes() {
    Map<String, Map<String, String>> attributes = new LinkedHashMap<>();
    for (Object attribute : ReplyParser.list(info.get("attributes"))) {
      Map<String, String> properties = properties(attribute);
      attributes.put(properties.getOrDefault("attribute", ""), properties);
    }
    return attributes;
  }

  private static Map<String, String> properties(@Nullable Object reply) {
    Map<String, String> properties = new LinkedHashMap<>();
    addProperties(ReplyParser.list(reply), properties);
    return properties;
  }

  private static void addProperties(List<?> reply, Map<String, String> properties) {
    ReplyParser.map(reply)
        .forEach(
            (name, value) -> {
              String lowerCase = name.toLowerCase(Locale.ROOT);
              if (isNested(lowerCase, value)) {
                addProperties((List<?>) value, properties);
              } else {
                properties.put(
                    OTHER_NAMES.getOrDefault(lowerCase, lowerCase), ReplyParser.text(value));
              }
            });
  }

  private static boolean isNested(String name, @Nullable Object value) {
    return value instanceof List<?> && (name.equals("index") || name.equals("algorithm"));
  }

  /** Returns the kind of the search module, if its description of a vector field shows it. */
  Optional<Kind> kind() {
    for (Object attribute : ReplyParser.list(info.get("attributes"))) {
      Map<String, @Nullable Object> properties = ReplyParser.map(ReplyParser.list(attribute));
      if (ReplyParser.text(properties.get("type")).equals("VECTOR")) {
        return properties.get("index") instanceof List<?>
            ? Optional.of(Kind.VALKEY_SEARCH)
            : Optional.of(Kind.REDISEARCH).filter(kind -> properties.containsKey("algorithm"));
      }
    }
    return Optional.empty();
  }

  /** Returns the number of documents that could not be added to the index. */
  String indexingFailures() {
    return ReplyParser.text(info.get("hash_indexing_failures"));
  }

  /** Returns whether the server has added all existing documents. */
  boolean isIndexed() {
    Object indexing = info.getOrDefault("indexing", info.get("backfill_in_progress"));
    return ReplyParser.text(indexing).equals("0");
  }

  /** Returns the number of documents, including expired ones that are not deleted yet. */
  long documentCount() {
    return (long) Double.parseDouble(ReplyParser.text(info.get("num_docs")));
  }
}
