package io.github.semcache.redis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.util.KeyValue;

/**
 * The reply to {@code FT.SEARCH}, parsed from the raw reply of Jedis. Under RESP2 that is a list of
 * the total, followed by alternating document keys and lists of fields; under RESP3 it is a map.
 *
 * @param total the number of matching documents
 * @param rows the returned documents
 * @param warnings the reasons why the result is incomplete; only RESP3 reports them
 */
record SearchReply(long total, List<Row> rows, List<String> warnings) {
  private static final byte[] TOTAL = Utf8.encode("total_results");
  private static final byte[] RESULTS = Utf8.encode("results");
  private static final byte[] WARNING = Utf8.encode("warning");
  private static final byte[] ID = Utf8.encode("id");
  private static final byte[] FIELDS = Utf8.encode("extra_attributes");

  /** A document in the reply. */
  static final class Row {
    private final byte[] documentKey;
    private final @Nullable List<?> fields;

    Row(byte[] documentKey, @Nullable List<?> fields) {
      this.documentKey = documentKey;
      this.fields = fields;
    }

    byte[] documentKey() {
      return documentKey;
    }

    /**
     * Returns whether the server returned the fields. It does not if the document has expired or if
     * the query has the option NOCONTENT.
     */
    boolean hasFields() {
      return fields != null;
    }

    /** Returns a copy with additional fields; without them if the values are null. */
    Row withFields(byte[][] names, @Nullable List<byte @Nullable []> values) {
      List<@Nullable Object> all = new ArrayList<>(ReplyParser.list(fields));
      for (int i = 0; values != null && i < names.length; i++) {
        byte[] value = values.get(i);
        if (value != null) {
          all.add(names[i]);
          all.add(value);
        }
      }
      return new Row(documentKey, all);
    }

    /** Returns the value of a field, or null if the row does not contain it. */
    byte @Nullable [] value(byte[] name) {
      return (byte[]) ReplyParser.value(ReplyParser.list(fields), name);
    }
  }

  /**
   * Parses a reply.
   *
   * @throws ClassCastException if a part of the reply has an unexpected type
   * @throws IllegalStateException if a part of the reply is missing
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
      byte[] documentKey = (byte[]) list.get(i++);
      // With NOCONTENT there are no lists of fields, and the next element is another key.
      boolean fieldsFollow = i < list.size() && !(list.get(i) instanceof byte[]);
      rows.add(new Row(documentKey, fieldsFollow ? (List<?>) list.get(i++) : null));
    }
    return new SearchReply((Long) list.get(0), rows, List.of());
  }

  private static SearchReply ofMap(List<?> map) {
    List<Row> rows = new ArrayList<>();
    for (Object result : ReplyParser.list(ReplyParser.value(map, RESULTS))) {
      List<?> row = (List<?>) result;
      rows.add(new Row((byte[]) required(row, ID), (List<?>) ReplyParser.value(row, FIELDS)));
    }
    return new SearchReply(
        (Long) required(map, TOTAL),
        rows,
        ReplyParser.list(ReplyParser.value(map, WARNING)).stream().map(ReplyParser::text).toList());
  }

  private static Object required(List<?> map, byte[] key) {
    Object value = ReplyParser.value(map, key);
    if (value == null) {
      throw new IllegalStateException("the server's reply has no " + Utf8.decode(key));
    }
    return value;
  }
}
