package io.github.semcache.redis;

import java.util.ArrayList;
import java.util.List;
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
  private static final byte[] TOTAL = Utf8.encode("total_results");
  private static final byte[] RESULTS = Utf8.encode("results");
  private static final byte[] WARNING = Utf8.encode("warning");
  private static final byte[] ID = Utf8.encode("id");
  private static final byte[] FIELDS = Utf8.encode("extra_attributes");

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
      return (byte[]) ReplyParser.value(ReplyParser.list(fields), name);
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
    return list.get(0) instanceof KeyValue ? ofMap(list) : ofList(list);
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

  private static SearchReply ofMap(List<?> map) {
    List<Row> rows = new ArrayList<>();
    for (Object result : ReplyParser.list(ReplyParser.value(map, RESULTS))) {
      List<?> row = (List<?>) result;
      rows.add(new Row((byte[]) part(row, ID), (List<?>) ReplyParser.value(row, FIELDS)));
    }
    return new SearchReply(
        (Long) part(map, TOTAL),
        rows,
        ReplyParser.list(ReplyParser.value(map, WARNING)).stream().map(ReplyParser::text).toList());
  }

  private static Object part(List<?> map, byte[] name) {
    Object part = ReplyParser.value(map, name);
    if (part == null) {
      throw new IllegalStateException("the server's reply has no " + Utf8.decode(name));
    }
    return part;
  }
}
