package io.github.semcache.redis;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries that a search has found, except large ones. A few large entries would make the
 * reply of a search that returns all fields exceed the {@linkplain ReplyLimiter maximum}, and so
 * disable the search of their scope. Takes four round trips, so it is used only for a minute after
 * a reply was too large.
 *
 * <p>This class is thread-safe.
 */
final class LargeEntryFilter {
  private static final Duration PERIOD = Duration.ofMinutes(1);

  /** The maximum size of an entry, in bytes. */
  private static final long MAX_ENTRY_BYTES = 8L << 20;

  /** The maximum size of all entries that are read for one search, in bytes. */
  private static final long MAX_TOTAL_BYTES = ReplyLimiter.MAX_BYTES / 2;

  private static final List<byte[]> LARGE_FIELDS =
      List.of(
          Utf8.encode(HashCodec.PROMPT),
          Utf8.encode(HashCodec.ANSWER),
          Utf8.encode(HashCodec.ATTRIBUTES));

  private static final byte[][] FIELDS = HashCodec.ENCODED_ENTRY_FIELDS.toArray(byte[][]::new);

  private final RedisCommands commands;
  private final InstantSource time;
  private volatile Instant activeUntil = Instant.MIN;

  LargeEntryFilter(RedisCommands commands, InstantSource time) {
    this.commands = commands;
    this.time = time;
  }

  /** Activates this filter for a minute. */
  void activate() {
    activeUntil = time.instant().plus(PERIOD);
  }

  boolean isActive() {
    return time.instant().isBefore(activeUntil);
  }

  /**
   * Adds the fields of the entries to the rows of a search.
   *
   * @param rows rows with the distance only, or without fields
   * @return the rows; that of a large entry has no field but the distance
   */
  List<SearchReply.Row> read(List<SearchReply.Row> rows) {
    List<SearchReply.Row> small = small(rows);
    List<@Nullable List<byte @Nullable []>> hashes =
        commands.sendForEach(
            "read the nearest entries",
            small.stream().map(SearchReply.Row::documentKey).toList(),
            (pipeline, key) -> pipeline.hmget(key, FIELDS),
            (jedis, key) -> jedis.hmget(key, FIELDS));
    List<SearchReply.Row> result = new ArrayList<>(rows);
    for (int i = 0; i < small.size(); i++) {
      result.set(rows.indexOf(small.get(i)), small.get(i).withFields(FIELDS, hashes.get(i)));
    }
    return result;
  }

  /** Returns the rows of the entries to read, in the order of the search. */
  private List<SearchReply.Row> small(List<SearchReply.Row> rows) {
    List<SearchReply.Row> present = rows.stream().filter(SearchReply.Row::hasFields).toList();
    long[] sizes = sizes(present.stream().map(SearchReply.Row::documentKey).toList());
    List<SearchReply.Row> small = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] <= MAX_ENTRY_BYTES && total + sizes[i] <= MAX_TOTAL_BYTES) {
        total += sizes[i];
        small.add(present.get(i));
      }
    }
    return small;
  }

  private long[] sizes(List<byte[]> keys) {
    long[] sizes = new long[keys.size()];
    for (byte[] field : LARGE_FIELDS) {
      List<@Nullable Long> lengths =
          commands.sendForEach(
              "read the sizes of entries",
              keys,
              (pipeline, key) -> pipeline.hstrlen(key, field),
              (jedis, key) -> jedis.hstrlen(key, field));
      for (int i = 0; i < sizes.length; i++) {
        Long length = lengths.get(i);
        sizes[i] += length == null ? 0 : length;
      }
    }
    return sizes;
  }
}
