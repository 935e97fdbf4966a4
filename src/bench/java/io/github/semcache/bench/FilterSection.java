package io.github.semcache.bench;

import io.github.semcache.bench.InterleavedRun.Variant;
import io.github.semcache.prompt.Scope;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Measures searches in Redis by the fraction of entries that are in the scope, compared with a
 * search without a filter and with each query plan that a client can request.
 */
final class FilterSection {
  private static final int DIMENSION = 384;
  private static final double MAX_RATIO = 1.5;
  private static final int MAX_EF_RUNTIME = 4_096;
  private static final int FIRST_SEARCHES = 20;
  private static final int INITIAL_SCOPE_SIZE = 50;
  private static final int BATCH_SIZE = 250;
  private static final Scope GROWN = Scope.of("fraction", "grown");
  private static final Scope HALF = Scope.of("fraction", "half");
  private static final Scope TWENTIETH = Scope.of("fraction", "twentieth");
  private static final Scope RARE = Scope.of("fraction", "one in 500");

  /** The query attributes of each query plan, by the name of the plan. */
  private static final Map<String, String> PLANS = new LinkedHashMap<>();

  static {
    PLANS.put("no hint", " EF_RUNTIME 64");
    PLANS.put("BATCHES", " HYBRID_POLICY BATCHES EF_RUNTIME 64");
    PLANS.put("ADHOC_BF", " HYBRID_POLICY ADHOC_BF");
  }

  private final Report report;
  private final RedisServer server;
  private final Duration duration;
  private final Report.Table plans;
  private final Report.Table firstSearches;

  FilterSection(Report report, RedisServer server, Duration duration) {
    this.report = report;
    this.server = server;
    this.duration = duration;
    plans =
        report.table(
            "Redis, 10 nearest neighbors in a scope, dimension " + DIMENSION + ", p50 µs",
            "entries",
            "entries in the scope",
            "no filter",
            "no hint",
            "BATCHES",
            "ADHOC_BF",
            "no filter, as many candidates",
            "store",
            "ratio of store to no filter",
            "ratio to the fastest plan",
            "recall@1");
    firstSearches =
        report.table(
            "Redis, searches after a change, µs",
            "entries",
            "change",
            "first search",
            "second",
            "third",
            "median of the first 20",
            "later");
  }

  void run(List<Integer> sizes) {
    for (int size : sizes) {
      Corpus corpus = new Corpus(size, DIMENSION);
      run(corpus, Map.of("all", Scope.none()), number -> Scope.none());
      Map<String, Scope> fractions = new LinkedHashMap<>();
      fractions.put("half", HALF);
      fractions.put("one in 20", TWENTIETH);
      fractions.put("one in 500", RARE);
      run(corpus, fractions, FilterSection::scopeOf);
    }
  }

  private static Scope scopeOf(int number) {
    if (number % 500 == 1) {
      return RARE;
    }
    if (number % 20 == 3) {
      return TWENTIETH;
    }
    return number % 2 == 0 ? HALF : Scope.none();
  }

  private void run(Corpus corpus, Map<String, Scope> fractions, IntFunction<Scope> scopes) {
    InMemoryVectorStore exact =
        InMemoryVectorStore.builder(corpus.space)
            .maxEntries(corpus.size)
            .maxBytes(Long.MAX_VALUE)
            .build();
    corpus.fill(exact, scopes);
    RedisVectorStore store = open(corpus);
    try {
      store.remove(new EntrySelector.All());
      corpus.fill(store, scopes);
      fractions.forEach(
          (fraction, scope) -> {
            int[] members =
                IntStream.range(0, corpus.size)
                    .filter(i -> scopes.apply(i).equals(scope))
                    .toArray();
            GroundTruth truth = GroundTruth.ofParaphrases(corpus, exact, members, scope);
            measureNewStore(corpus, fraction, truth);
            comparePlans(corpus, fraction, members.length, truth, store);
          });
      if (fractions.containsValue(HALF)) {
        measureChanges(corpus, store, exact);
      }
    } finally {
      store.dropIndex(true);
    }
  }

  private RedisVectorStore open(Corpus corpus) {
    return server.store(corpus, "filter", VectorIndex.hnsw());
  }

  private void comparePlans(
      Corpus corpus, String fraction, int members, GroundTruth truth, RedisVectorStore store) {
    PlainJedis plain = new PlainJedis(server.client, store.indexName());
    server.plannedQuery(() -> store.nearest(truth.query(0)));
    List<Variant> variants = new ArrayList<>();
    variants.add(Variant.of(i -> store.nearest(truth.query(i))));
    variants.add(search(plain, truth, "*", " EF_RUNTIME 64"));
    String filter = "@scope:{" + truth.query(0).scope() + "}";
    PLANS.values().forEach(plan -> variants.add(search(plain, truth, "(" + filter + ")", plan)));
    // The search of the graph visits so many entries until K of them are in the scope.
    int visited = Math.max(64, Corpus.K * corpus.size / members);
    variants.add(search(plain, truth, "*", " EF_RUNTIME " + Math.min(MAX_EF_RUNTIME, visited)));
    List<Sample> samples = InterleavedRun.of(1, duration).run(variants);
    double ratio = samples.get(0).ratioTo(samples.get(1));
    plans.row(
        corpus.size,
        fraction,
        samples.get(1).medianMicros(),
        samples.get(2).medianMicros(),
        samples.get(3).medianMicros(),
        samples.get(4).medianMicros(),
        samples.get(5).medianMicros(),
        samples.get(0).medianMicros(),
        ratio,
        IntStream.of(2, 3, 4)
            .mapToDouble(i -> samples.get(0).ratioTo(samples.get(i)))
            .max()
            .orElse(1),
        truth.recall(store));
    report.atMost(
        "Redis, 10 nearest neighbors in a scope with %s of %,d entries: ratio to no filter"
            .formatted(fraction, corpus.size),
        ratio,
        MAX_RATIO);
  }

  private static Variant search(PlainJedis plain, GroundTruth truth, String filter, String plan) {
    String query = filter + "=>[KNN " + Corpus.K + " @embedding $v" + plan + " AS distance]";
    byte[][][] arguments =
        IntStream.range(0, GroundTruth.QUERIES)
            .mapToObj(i -> plain.searchArguments(query, truth.query(i).embedding()))
            .toArray(byte[][][]::new);
    return Variant.of(i -> plain.search(arguments[i % arguments.length]));
  }

  /** Grows a scope from a few entries to a third of all, and then invalidates it. */
  private void measureChanges(Corpus corpus, RedisVectorStore store, InMemoryVectorStore exact) {
    store.put(newEntries(corpus, 0, INITIAL_SCOPE_SIZE));
    GroundTruth truth =
        GroundTruth.ofParaphrases(corpus, exact, new int[] {2 * corpus.size}, GROWN);
    server.plannedQuery(() -> store.nearest(truth.query(0)));
    for (int from = INITIAL_SCOPE_SIZE; from < corpus.size / 2; from += BATCH_SIZE) {
      store.put(newEntries(corpus, from, from + BATCH_SIZE));
    }
    measureFirstSearches(corpus, "scope grew from 50 entries to a third of all", store, truth);
    store.remove(new EntrySelector.ByScope(GROWN.hash()));
    store.put(newEntries(corpus, 0, INITIAL_SCOPE_SIZE));
    measureFirstSearches(corpus, "scope invalidated, then 50 entries written", store, truth);
  }

  private static List<NewEntry> newEntries(Corpus corpus, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> corpus.newEntry(2 * corpus.size + i, GROWN))
        .toList();
  }

  /** Measures the first searches of a store that has just been opened. */
  private void measureNewStore(Corpus corpus, String fraction, GroundTruth truth) {
    measureFirstSearches(corpus, "store opened, scope with " + fraction, open(corpus), truth);
  }

  private void measureFirstSearches(
      Corpus corpus, String change, RedisVectorStore store, GroundTruth truth) {
    double[] micros = new double[FIRST_SEARCHES];
    for (int i = 0; i < FIRST_SEARCHES; i++) {
      NearestQuery query = truth.query(i);
      long begin = System.nanoTime();
      store.nearest(query);
      micros[i] = (System.nanoTime() - begin) / 1e3;
    }
    double median = DoubleStream.of(micros).sorted().toArray()[FIRST_SEARCHES / 2];
    Sample later =
        InterleavedRun.of(1, duration.dividedBy(2))
            .run(List.of(Variant.of(i -> store.nearest(truth.query(i)))))
            .get(0);
    firstSearches.row(
        corpus.size, change, micros[0], micros[1], micros[2], median, later.medianMicros());
  }
}
