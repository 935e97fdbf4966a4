package io.github.semcache.redis;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.util.KeyValue;

/** Reads Jedis's raw replies, in which a map is a list: of pairs under RESP3, flat under RESP2. */
final class ReplyParser {
  private ReplyParser() {}

  /** A text, a number, or a list of them as a text. */
  static String text(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return Utf8.decode(bytes);
    }
    return value instanceof List<?> list
        ? list.stream().map(ReplyParser::text).toList().toString()
        : String.valueOf(value);
  }

  /** The value of a name in a map, or null if it has none. */
  static @Nullable Object value(List<?> map, byte[] name) {
    for (int i = 0; i < map.size(); i++) {
      Object element = map.get(i);
      if (element instanceof KeyValue<?, ?> pair) {
        if (isName(pair.getKey(), name)) {
          return pair.getValue();
        }
      } else if (++i < map.size() && isName(element, name)) {
        return map.get(i);
      }
    }
    return null;
  }

  private static boolean isName(@Nullable Object value, byte[] name) {
    return value instanceof byte[] bytes && Arrays.equals(bytes, name);
  }

  /** A map with its names as texts. */
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
