package io.github.semcache.redis;

import static io.github.semcache.redis.HashCodec.CREATED_AT;
import static io.github.semcache.redis.HashCodec.EMBEDDING;
import static io.github.semcache.redis.HashCodec.SCOPE;

import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Builds the arguments of {@code FT.SEARCH}. */
final class SearchArguments {
  private static final String HEXADECIMAL = "0123456789abcdef";
  static final String DISTANCE = "distance";

  /** Returns all fields of an entry except its embedding, and the distance. */
  private static final List<byte[]> RETURN_CLAUSE = returnClause();

  /** Returns the distance only. */
  private static final List<byte[]> RETURN_DISTANCE =
      List.of(Utf8.encode("RETURN"), Utf8.encode("1"), Utf8.encode(DISTANCE));

  private SearchArguments() {}

  private static List<byte[]> returnClause() {
    List<String> fields = new ArrayList<>(HashCodec.ENTRY_FIELDS);
    fields.add(DISTANCE);
    fields.addAll(0, List.of("RETURN", Integer.toString(fields.size())));
    return fields.stream().map(Utf8::encode).toList();
  }

  /**
   * Checks that a scope contains no character with a meaning in a filter.
   *
   * @throws IllegalArgumentException if it does not consist of lower-case hexadecimal digits
   */
  static void checkScope(String scope) {
    if (scope.isEmpty() || !scope.chars().allMatch(c -> HEXADECIMAL.indexOf(c) >= 0)) {
      throw new IllegalArgumentException(
          "scope is not the hash of a scope; it must consist of lower-case hexadecimal digits");
    }
  }

  /**
   * Returns the filter for a scope and, if present, the earliest creation time.
   *
   * @param scope a {@linkplain #checkScope checked} scope, which needs no escaping
   */
  static String filter(String scope, Optional<Instant> notBefore) {
    String tag = "@" + SCOPE + ":{" + scope + "}";
    return notBefore
        .map(time -> tag + " @" + CREATED_AT + ":[" + time.toEpochMilli() + " +inf]")
        .orElse(tag);
  }

  /**
   * Returns the filter of a search.
   *
   * @param separator see {@link #termsFilter}
   */
  static String filter(NearestQuery query, Optional<String> separator) {
    String filter = filter(query.scope(), query.notBefore());
    return query.terms().isEmpty() ? filter : filter + " " + termsFilter(query.terms(), separator);
  }

  /**
   * Returns the filter for the entries with at least one term of each set.
   *
   * @param separator separates the tags of a set; empty for a union of conditions, which is longer
   */
  static String termsFilter(List<Set<String>> terms, Optional<String> separator) {
    return terms.stream()
        .map(
            anyOf ->
                separator.isPresent() || anyOf.size() == 1
                    ? "@" + HashCodec.TERMS + ":{" + String.join(separator.orElse(""), anyOf) + "}"
                    : anyOf.stream()
                        .map(term -> "@" + HashCodec.TERMS + ":{" + term + "}")
                        .collect(Collectors.joining(" | ", "(", ")")))
        .collect(Collectors.joining(" "));
  }

  /** Returns the filter for the entries with a term, which consists of hexadecimal digits. */
  static String termFilter(String term) {
    return "@" + HashCodec.TERMS + ":{" + NewEntry.checkTerm(term) + "}";
  }

  /** Returns the filter for the entries created before a time. */
  static String createdBeforeFilter(Instant time) {
    return "@" + CREATED_AT + ":[-inf (" + time.toEpochMilli() + "]";
  }

  /** Returns the filter for the entries created until a time. */
  static String createdUntilFilter(long millis) {
    return "@" + CREATED_AT + ":[-inf " + millis + "]";
  }

  /**
   * Finds the nearest entries that pass a filter.
   *
   * @param efRuntime the number of candidates; 0 if the index is not a graph
   * @param withFields whether to return all fields except the embedding, or only the distance
   */
  static byte[][] nearest(
      String indexName,
      String filter,
      byte[] vector,
      int k,
      HybridPolicy policy,
      int efRuntime,
      boolean withFields) {
    // The server rejects EF_RUNTIME if the search does not use the graph.
    String effort =
        efRuntime == 0 || policy == HybridPolicy.ADHOC_BF ? "" : " EF_RUNTIME " + efRuntime;
    Arguments arguments = knn(indexName, filter, vector, k, policy.clause() + effort);
    (withFields ? RETURN_CLAUSE : RETURN_DISTANCE).forEach(arguments::add);
    return withLimit(arguments, k);
  }

  private static Arguments knn(
      String indexName, String filter, byte[] vector, int k, String options) {
    String clause = "[KNN " + k + " @" + EMBEDDING + " $v" + options + " AS " + DISTANCE + "]";
    return new Arguments()
        .add(indexName, "(" + filter + ")=>" + clause, "PARAMS", "2", "v")
        .add(vector);
  }

  /** Returns the creation times of up to {@code limit} entries that pass a filter. */
  static byte[][] creationTimes(String indexName, String filter, int limit) {
    Arguments arguments = new Arguments().add(indexName, filter, "RETURN", "1", CREATED_AT);
    return withLimit(arguments, limit);
  }

  /** Returns the creation times of up to {@code limit} entries that are nearest to a vector. */
  static byte[][] creationTimesOfNearest(
      String indexName, String filter, byte[] vector, int limit) {
    Arguments arguments = knn(indexName, filter, vector, limit, "");
    return withLimit(arguments.add("RETURN", "1", CREATED_AT), limit);
  }

  /** Counts the entries that pass a filter without returning any. */
  static byte[][] count(String indexName, String filter) {
    return withLimit(new Arguments().add(indexName, filter), 0);
  }

  /**
   * Returns the keys of up to {@code limit} entries that pass a filter. The query has no time
   * limit: under RESP2 the server does not report that it stopped early, and an empty page would be
   * mistaken for the end.
   */
  static byte[][] keys(String indexName, String filter, int limit) {
    return withLimit(new Arguments().add(indexName, filter, "NOCONTENT", "TIMEOUT", "0"), limit);
  }

  private static byte[][] withLimit(Arguments arguments, int limit) {
    return arguments.add("LIMIT", "0", Integer.toString(limit), "DIALECT", "2").toArray();
  }
}
