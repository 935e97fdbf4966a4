package io.github.semcache.redis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.util.KeyValue;

/**
 * What {@code FT.SEARCH} answered, read from Jedis's raw reply. Under RESP2 that is a list of the
 * total, ids and lists of fields; under RESP3 a map.
 *
 * @param total how many documents matched
 * @param rows the documents
 * @param warnings what the server had to leave out; only RESP3 says so
 */
record SearchReply(long total, List<Row> rows, List<String> warnings) {

  /** A document. */
  static final class Row {
    private final byte[] id;
    private final @Nullable List<?> fields;

    Row(byte[] id, @Nullable List<?> fields) {
      this.id = id;
      this.fields = fields;
    }

    /** Its key. */
    byte[] id() {
      return id;
    }

    /** Whether it has expired; also where no fields were asked for. */
    boolean empty() {
      return fields == null;
    }

    /** The value of a field, or null if the row does not have it. */
    byte @Nullable [] value(byte[] name) {
      List<?> pairs = Replies.list(fields);
      for (int i = 0; i + 1 < pairs.size(); i += 2) {
        if (pairs.get(i) instanceof byte[] other && Arrays.equals(other, name)) {
          return (byte[]) pairs.get(i + 1);
        }
      }
      return null;
    }
  }

  /**
   * Reads a reply.
   *
   * @throws ClassCastException if it has another form
   * @throws IllegalStateException if a part of it is missing
   */
  static SearchReply of(Object reply) {
    List<?> list = (List<?>) reply;
    if (list.isEmpty()) {
      throw new IllegalStateException("the server's reply is empty");
    }
    return list.get(0) instanceof KeyValue ? ofMap(Replies.map(list)) : ofList(list);
  }

  private static SearchReply ofList(List<?> list) {
    List<Row> rows = new ArrayList<>();
    int i = 1;
    while (i < list.size()) {
      byte[] id = (byte[]) list.get(i++);
      // NOCONTENT leaves the fields out, and then the next element is an id.
      boolean withFields = i < list.size() && !(list.get(i) instanceof byte[]);
      rows.add(new Row(id, withFields ? (List<?>) list.get(i++) : null));
    }
    return new SearchReply((Long) list.get(0), rows, List.of());
  }

  private static SearchReply ofMap(Map<String, @Nullable Object> map) {
    return new SearchReply(
        (Long) part(map, "total_results"),
        Replies.list(map.get("results")).stream().map(SearchReply::row).toList(),
        Replies.list(map.get("warning")).stream().map(Replies::text).toList());
  }

  private static Row row(Object result) {
    Map<String, @Nullable Object> row = Replies.map((List<?>) result);
    List<?> fields = (List<?>) row.get("extra_attributes");
    return new Row((byte[]) part(row, "id"), fields == null ? null : Replies.flat(fields));
  }

  private static Object part(Map<String, @Nullable Object> map, String name) {
    Object part = map.get(name);
    if (part == null) {
      throw new IllegalStateException("the server's reply has no " + name);
    }
    return part;
  }
}
