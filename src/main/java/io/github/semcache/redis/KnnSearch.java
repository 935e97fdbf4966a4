package io.github.semcache.redis;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Finds the nearest entries of a scope. */
final class KnnSearch {
  private static final byte[] DISTANCE = Utf8.encode(SearchArguments.DISTANCE);

  /**
   * The minimum K of a query. Expired entries that are still in the index take places in the
   * result, so a small K would hide live entries.
   */
  private static final int MIN_K = 5;

  /** The factor by which K grows if no returned row can be served. */
  private static final int RETRY_FACTOR = 10;

  /** The maximum deviation of a computed distance from the range of cosine distances. */
  private static final double TOLERANCE = 0.01;

  private final RedisCommands commands;
  private final SearchEngine engine;
  private final VectorType vectorType;
  private final VectorIndex vectorIndex;
  private final SelectivityEstimator selectivity;
  private final RecallSampler sampler;
  private final InstantSource time;
  private final LargeEntryFilter largeEntries;

  /**
   * Creates a search.
   *
   * @param background runs the sampled searches
   */
  KnnSearch(
      RedisCommands commands,
      SearchEngine engine,
      VectorType vectorType,
      VectorIndex vectorIndex,
      SelectivityEstimator selectivity,
      Executor background,
      InstantSource time) {
    this.commands = commands;
    this.engine = engine;
    this.vectorType = vectorType;
    this.vectorIndex = vectorIndex;
    this.selectivity = selectivity;
    this.sampler = new RecallSampler(background);
    this.time = time;
    this.largeEntries = new LargeEntryFilter(commands, time);
  }

  NearestEntries nearest(NearestQuery query) {
    return toEntriesOrRepeat(query, search(query, k(query)));
  }

  private static int k(NearestQuery query) {
    return Math.max(query.k(), MIN_K);
  }

  /** Returns the found entries. Repeats the search if all of them are expired or unreadable. */
  private NearestEntries toEntriesOrRepeat(NearestQuery query, List<SearchReply.Row> rows) {
    NearestEntries nearest = toEntries(query, rows);
    if (rows.isEmpty() || !nearest.matches().isEmpty()) {
      return nearest;
    }
    deleteExpired(rows.stream().filter(row -> !row.hasFields()).toList());
    return toEntries(query, search(query, Math.multiplyExact(k(query), RETRY_FACTOR)));
  }

  /**
   * Makes several searches in one round trip. A search that finds only expired or unreadable
   * entries is repeated.
   *
   * @return empty if the searches have to be made one by one: in a cluster, if the replies may be
   *     too large, and if one of them is an error
   */
  Optional<List<NearestEntries>> tryNearestAll(List<NearestQuery> queries) {
    if (largeEntries.isActive()) {
      return Optional.empty();
    }
    List<byte[][]> searches = queries.stream().map(this::arguments).toList();
    try {
      return commands
          .searchAll("find the nearest entries", searches)
          .map(replies -> toEntries(queries, replies));
    } catch (StoreException e) {
      return Optional.empty();
    }
  }

  private List<NearestEntries> toEntries(List<NearestQuery> queries, List<SearchReply> replies) {
    List<NearestEntries> results = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      results.add(toEntriesOrRepeat(queries.get(i), replies.get(i).rows()));
    }
    return results;
  }

  private byte[][] arguments(NearestQuery query) {
    String filter = SearchArguments.filter(query, engine.tagSeparator());
    int k = k(query);
    HybridPolicy policy = policy(selectivityGroup(query), filter, k);
    return SearchArguments.nearest(
        commands.keys().indexName(), filter, vector(query), k, policy, candidates(policy), true);
  }

  private byte[] vector(NearestQuery query) {
    Embedding embedding = query.embedding();
    return HashCodec.encode(
        engine.scalesQueries() ? embedding : embedding.ofLengthOne(), vectorType);
  }

  private List<SearchReply.Row> search(NearestQuery query, int k) {
    if (!largeEntries.isActive()) {
      try {
        return search(query, k, true);
      } catch (StoreException e) {
        if (!RedisExceptions.isReplyTooLarge(e)) {
          throw e;
        }
        largeEntries.activate();
      }
    }
    return largeEntries.read(search(query, k, false));
  }

  private List<SearchReply.Row> search(NearestQuery query, int k, boolean withFields) {
    String filter = SearchArguments.filter(query, engine.tagSeparator());
    String group = selectivityGroup(query);
    byte[] vector = vector(query);
    HybridPolicy policy = policy(group, filter, k);
    int candidates = candidates(policy);
    List<SearchReply.Row> rows;
    try {
      rows = send(filter, vector, k, policy, candidates, withFields);
    } catch (StoreException e) {
      if (policy == HybridPolicy.SERVER_DEFAULT || !engine.mayHaveRejectedHybridPolicy(e)) {
        throw e;
      }
      rows = send(filter, vector, k, HybridPolicy.SERVER_DEFAULT, candidates, withFields);
      engine.onHybridPolicyRejected();
    }
    if (policy == HybridPolicy.BATCHES && rows.size() < k) {
      // Fewer rows than expected: the estimate is probably too high.
      selectivity.discard(group);
    }
    if (candidates > 0 && isEffortAutomatic()) {
      int more = SearchEffort.checkCandidates(candidates);
      sampler.sample(rows, () -> send(filter, vector, 1, policy, more, false));
    }
    return rows;
  }

  private List<SearchReply.Row> send(
      String filter,
      byte[] vector,
      int k,
      HybridPolicy policy,
      int candidates,
      boolean withFields) {
    String indexName = commands.keys().indexName();
    byte[][] arguments =
        SearchArguments.nearest(indexName, filter, vector, k, policy, candidates, withFields);
    return commands.search("find the nearest entries", arguments).rows();
  }

  private HybridPolicy policy(String group, String filter, int k) {
    if (!(vectorIndex instanceof VectorIndex.Hnsw)) {
      return HybridPolicy.SERVER_DEFAULT;
    }
    if (engine.understandsHybridPolicy()) {
      return selectivity.policy(group, filter, k);
    }
    selectivity.countEntries();
    return HybridPolicy.SERVER_DEFAULT;
  }

  /** Returns the number of candidates to consider, or 0 if the search does not use the graph. */
  private int candidates(HybridPolicy policy) {
    if (!(vectorIndex instanceof VectorIndex.Hnsw hnsw) || policy == HybridPolicy.ADHOC_BF) {
      return 0;
    }
    return isEffortAutomatic() ? sampler.candidates(selectivity.entries()) : hnsw.efRuntime();
  }

  private boolean isEffortAutomatic() {
    return vectorIndex instanceof VectorIndex.Hnsw hnsw
        && hnsw.efRuntime() == VectorIndex.Hnsw.AUTOMATIC;
  }

  /**
   * Returns a name for the filters that about the same number of entries pass: the scope, the order
   * of magnitude of the maximum age, and the terms.
   */
  private String selectivityGroup(NearestQuery query) {
    String group =
        query.terms().isEmpty() ? query.scope() : query.scope() + " " + query.terms().hashCode();
    return query
        .notBefore()
        .map(notBefore -> Math.max(0, time.millis() - notBefore.toEpochMilli()))
        .map(age -> group + " " + (Long.SIZE - Long.numberOfLeadingZeros(age)))
        .orElse(group);
  }

  /** Reads expired entries, which makes the server delete them and remove them from the index. */
  private void deleteExpired(List<SearchReply.Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    commands.sendForEach(
        "read expired entries",
        rows.stream().map(SearchReply.Row::documentKey).toList(),
        (pipeline, key) -> pipeline.hmget(key, DISTANCE),
        (jedis, key) -> jedis.hmget(key, DISTANCE));
  }

  private NearestEntries toEntries(NearestQuery query, List<SearchReply.Row> rows) {
    List<Match> matches = new ArrayList<>();
    int corrupt = 0;
    for (SearchReply.Row row : rows) {
      if (!row.hasFields()) {
        continue;
      }
      try {
        matches.add(toMatch(query, row));
      } catch (StoreException.CorruptEntry e) {
        corrupt++;
      }
    }
    matches.sort(Comparator.comparingDouble(Match::distance));
    return new NearestEntries(matches.subList(0, Math.min(query.k(), matches.size())), corrupt);
  }

  private Match toMatch(NearestQuery query, SearchReply.Row row) {
    String key = commands.keys().entryKey(row.documentKey());
    List<byte @Nullable []> values = new ArrayList<>();
    HashCodec.ENCODED_ENTRY_FIELDS.forEach(name -> values.add(row.value(name)));
    CacheEntry entry = HashCodec.decode(key, values);
    if (!entry.scope().equals(query.scope())) {
      throw HashCodec.corrupt(key, "the search found it in a scope that is not its own");
    }
    return new Match(entry, distance(key, row.value(DISTANCE)));
  }

  private static double distance(String key, byte @Nullable [] text) {
    double distance;
    try {
      distance = text == null ? Double.NaN : Double.parseDouble(Utf8.decode(text));
    } catch (NumberFormatException e) {
      distance = Double.NaN;
    }
    if (!(distance >= -TOLERANCE && distance <= 2 + TOLERANCE)) {
      throw HashCodec.corrupt(key, "the search returned no cosine distance");
    }
    return Math.min(2, Math.max(0, distance));
  }
}
