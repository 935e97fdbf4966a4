package io.github.semcache.redis;

import static io.github.semcache.redis.HashCodec.CREATED_AT;
import static io.github.semcache.redis.HashCodec.EMBEDDING;
import static io.github.semcache.redis.HashCodec.SCOPE;

import io.github.semcache.embedding.Embedding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The arguments of {@code FT.SEARCH}. */
final class EntryQuery {
  private static final String HEXADECIMAL = "0123456789abcdef";
  static final String DISTANCE = "distance";

  /** All of an entry's fields but its embedding, and how far it is. */
  private static final List<byte[]> RETURN = returned();

  private EntryQuery() {}

  private static List<byte[]> returned() {
    List<String> fields = new ArrayList<>(HashCodec.ENTRY_FIELDS);
    fields.add(DISTANCE);
    fields.addAll(0, List.of("RETURN", Integer.toString(fields.size())));
    return fields.stream().map(Utf8::encode).toList();
  }

  /**
   * Checks a scope, so that no character of it can mean something to a filter.
   *
   * @throws IllegalArgumentException if it is not made of lower-case hexadecimal digits
   */
  static void checkScope(String scope) {
    if (scope.isEmpty() || !scope.chars().allMatch(c -> HEXADECIMAL.indexOf(c) >= 0)) {
      throw new IllegalArgumentException(
          "scope is not the hash of a scope; it must be made of lower-case hexadecimal digits");
    }
  }

  /**
   * The filter for a scope and, where one is given, an earliest time.
   *
   * @param scope a {@linkplain #checkScope checked} one, which needs no escape
   */
  static String filter(String scope, Optional<Instant> notBefore) {
    String tag = "@" + SCOPE + ":{" + scope + "}";
    return notBefore
        .map(time -> tag + " @" + CREATED_AT + ":[" + time.toEpochMilli() + " +inf]")
        .orElse(tag);
  }

  /** The nearest entries that pass a filter, with all of an entry's fields but its embedding. */
  static byte[][] nearest(
      String index,
      String filter,
      Embedding embedding,
      int k,
      HybridPolicy policy,
      VectorIndex vectorIndex) {
    // The server refuses EF_RUNTIME where no graph is walked.
    String effort =
        vectorIndex instanceof VectorIndex.Hnsw hnsw && policy != HybridPolicy.ADHOC_BF
            ? " EF_RUNTIME " + hnsw.efRuntime()
            : "";
    String plan = policy.clause() + effort;
    String query =
        "(" + filter + ")=>[KNN " + k + " @" + EMBEDDING + " $v" + plan + " AS " + DISTANCE + "]";
    Arguments arguments = new Arguments().add(index, query, "PARAMS", "2", "v");
    arguments.add(HashCodec.encode(embedding));
    RETURN.forEach(arguments::add);
    return arguments.add("LIMIT", "0", Integer.toString(k), "DIALECT", "2").toArray();
  }

  /** The number of entries that pass a filter, and none of them. */
  static byte[][] count(String index, String filter) {
    return new Arguments().add(index, filter, "LIMIT", "0", "0", "DIALECT", "2").toArray();
  }

  /**
   * The keys of some entries that pass a filter. Without a time limit: under RESP2 a server that
   * stops early does not say so, and a page that is empty would look like the last one.
   */
  static byte[][] keys(String index, String filter, int atMost) {
    return new Arguments()
        .add(index, filter, "NOCONTENT", "TIMEOUT", "0")
        .add("LIMIT", "0", Integer.toString(atMost), "DIALECT", "2")
        .toArray();
  }
}
