package io.github.semcache.redis;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the oldest entries with the index, without reading the other entries. A query that sorts by
 * creation time would visit all entries, so this class searches for a creation time that only few
 * entries precede. Most searches start at the result of the previous one.
 *
 * <p>Not thread-safe.
 */
final class OldestEntries {
  /** At most this many times the requested entries are read. */
  private static final int MAX_FACTOR = 4;

  private static final int FIRST_DOCUMENTS = 100;

  /** The first step from the previous result, and the smallest, in milliseconds. */
  private static final long FIRST_STEP_MILLIS = 1;

  /** The age in milliseconds, 70 years, at which the first search starts. */
  private static final long MAX_AGE_MILLIS = 1L << 41;

  private static final byte[] CREATED_AT = Utf8.encode(HashCodec.CREATED_AT);

  private final RedisCommands commands;
  private final SearchEngine engine;
  private final byte[] anyVector;

  /** No entry that was found before is older than this; the next search starts here. */
  private long lowerMillis = Long.MIN_VALUE;

  /** The step that led to the previous result. */
  private long stepMillis = FIRST_STEP_MILLIS;

  OldestEntries(RedisCommands commands, SearchEngine engine, int dimension, VectorType vectorType) {
    this.commands = commands;
    this.engine = engine;
    float[] components = new float[dimension];
    components[0] = 1;
    this.anyVector = HashCodec.encode(Embedding.of(components), vectorType);
  }

  /**
   * Returns the document keys of the oldest entries. At most four times as many are read, unless
   * more entries were created in the same millisecond.
   *
   * @param count the number of entries, at least 1
   * @param nowMillis the current time
   * @return at most that many keys
   */
  List<byte[]> find(int count, long nowMillis) {
    List<Row> rows = new ArrayList<>(rows(upperMillis(count, nowMillis), MAX_FACTOR * count));
    rows.sort(Comparator.comparingLong(Row::createdAt));
    return rows.stream().limit(count).map(Row::documentKey).toList();
  }

  private record Row(SearchReply.Row found, long createdAt) {
    byte[] documentKey() {
      return found.documentKey();
    }
  }

  /** Returns a creation time that at least the requested number of entries have or precede. */
  private long upperMillis(int count, long nowMillis) {
    if (lowerMillis == Long.MIN_VALUE && engine.understandsFilterQueries()) {
      startAtFirstDocuments();
    }
    boolean first = lowerMillis == Long.MIN_VALUE;
    long upper = first ? nowMillis - MAX_AGE_MILLIS : lowerMillis;
    long lower = upper - MAX_AGE_MILLIS; // Entries of an import may precede the previous result.
    long step = stepMillis;
    long found = countUntil(upper, count);
    while (found < count && upper < nowMillis) {
      lower = upper;
      // The first search halves the age of the entries; later ones double the step.
      upper = first ? nowMillis - (nowMillis - upper) / 2 : Math.min(nowMillis, upper + step);
      step *= 2;
      found = countUntil(upper, count);
    }
    // If there are too few entries, the others have a creation time in the future.
    return found < count ? Long.MAX_VALUE : narrow(lower, upper, found, count);
  }

  /**
   * Starts the search at the creation time of the first documents of the index, which are usually
   * the oldest.
   */
  private void startAtFirstDocuments() {
    byte[][] query =
        SearchArguments.creationTimes(
            commands.keys().indexName(), SelectivityEstimator.ALL_ENTRIES, FIRST_DOCUMENTS);
    toRows(commands.search("find old entries", query)).stream()
        .mapToLong(Row::createdAt)
        .filter(millis -> millis > Long.MIN_VALUE)
        .min()
        .ifPresent(millis -> lowerMillis = millis - 1);
  }

  /** Halves a range of creation times until it contains few enough entries. */
  private long narrow(long from, long to, long found, int count) {
    long lower = from;
    long upper = to;
    long many = found;
    while (many > (long) MAX_FACTOR * count && upper - lower > 1) {
      long middle = lower + (upper - lower) / 2;
      long atMiddle = countUntil(middle, count);
      if (atMiddle >= count) {
        upper = middle;
        many = atMiddle;
      } else {
        lower = middle;
      }
    }
    lowerMillis = lower;
    stepMillis = Math.max(FIRST_STEP_MILLIS, upper - lower);
    return upper;
  }

  /**
   * Returns the number of entries created until a time. If it is more than four times the requested
   * number, there may be more.
   */
  private long countUntil(long millis, int count) {
    if (!engine.understandsFilterQueries()) {
      return nearest(millis, MAX_FACTOR * count + 1).size();
    }
    byte[][] query =
        SearchArguments.count(
            commands.keys().indexName(), SearchArguments.createdUntilFilter(millis));
    return commands.search("count old entries", query).total();
  }

  private List<Row> rows(long upperMillis, int limit) {
    if (!engine.understandsFilterQueries()) {
      return nearest(upperMillis, limit);
    }
    byte[][] query =
        SearchArguments.creationTimes(
            commands.keys().indexName(), SearchArguments.createdUntilFilter(upperMillis), limit);
    return toRows(commands.search("find old entries", query));
  }

  /** Returns old entries with a vector, for servers that require one in a query. */
  private List<Row> nearest(long upperMillis, int limit) {
    byte[][] query =
        SearchArguments.creationTimesOfNearest(
            commands.keys().indexName(),
            SearchArguments.createdUntilFilter(upperMillis),
            anyVector,
            limit);
    return toRows(commands.search("find old entries", query));
  }

  private static List<Row> toRows(SearchReply reply) {
    return reply.rows().stream()
        .map(row -> new Row(row, createdAt(row.value(CREATED_AT))))
        .toList();
  }

  /** Returns the creation time. Expired and corrupt entries, which have none, are the oldest. */
  private static long createdAt(byte @Nullable [] text) {
    try {
      return text == null ? Long.MIN_VALUE : Long.parseLong(Utf8.decode(text));
    } catch (NumberFormatException e) {
      return Long.MIN_VALUE;
    }
  }
}
