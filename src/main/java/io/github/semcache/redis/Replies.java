package io.github.semcache.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.util.KeyValue;

/** Reads Jedis's raw replies, in which a map is a list: of pairs under RESP3, flat under RESP2. */
final class Replies {
  private Replies() {}

  /** A text, a number, or a list of them as a text. */
  static String text(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return Utf8.decode(bytes);
    }
    return value instanceof List<?> list
        ? list.stream().map(Replies::text).toList().toString()
        : String.valueOf(value);
  }

  /** A map as names and values in turn. */
  static List<@Nullable Object> flat(List<?> map) {
    List<@Nullable Object> flat = new ArrayList<>();
    for (Object element : map) {
      if (element instanceof KeyValue<?, ?> pair) {
        flat.add(pair.getKey());
        flat.add(pair.getValue());
      } else {
        flat.add(element);
      }
    }
    return flat;
  }

  /** A map with its names as texts. */
  static Map<String, @Nullable Object> map(List<?> reply) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    List<@Nullable Object> flat = flat(reply);
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      map.put(text(flat.get(i)), flat.get(i + 1));
    }
    return map;
  }

  static List<?> list(@Nullable Object value) {
    return value == null ? List.of() : (List<?>) value;
  }
}
