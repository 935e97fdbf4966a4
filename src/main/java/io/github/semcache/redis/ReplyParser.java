package io.github.semcache.redis;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.util.KeyValue;

/**
 * Reads the raw replies of Jedis. They represent a map as a list: of key-value pairs under RESP3,
 * and of alternating keys and values under RESP2.
 */
final class ReplyParser {
  private ReplyParser() {}

  /** Returns a string, a number, or a list of them as text. */
  static String text(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return Utf8.decode(bytes);
    }
    return value instanceof List<?> list
        ? list.stream().map(ReplyParser::text).toList().toString()
        : String.valueOf(value);
  }

  /** Returns the value of a key in a map, or null if the map does not contain the key. */
  static @Nullable Object value(List<?> map, byte[] key) {
    for (int i = 0; i < map.size(); i++) {
      Object element = map.get(i);
      if (element instanceof KeyValue<?, ?> pair) {
        if (isKey(pair.getKey(), key)) {
          return pair.getValue();
        }
      } else if (++i < map.size() && isKey(element, key)) {
        return map.get(i);
      }
    }
    return null;
  }

  private static boolean isKey(@Nullable Object element, byte[] key) {
    return element instanceof byte[] bytes && Arrays.equals(bytes, key);
  }

  /** Returns a map with its keys as text. */
  static Map<String, @Nullable Object> map(List<?> reply) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < reply.size(); i++) {
      Object element = reply.get(i);
      if (element instanceof KeyValue<?, ?> pair) {
        map.put(text(pair.getKey()), pair.getValue());
      } else if (++i < reply.size()) {
        map.put(text(element), reply.get(i));
      }
    }
    return map;
  }

  static List<?> list(@Nullable Object value) {
    return value == null ? List.of() : (List<?>) value;
  }
}
