package io.github.semcache.bench;

import io.github.semcache.prompt.Scope;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Lookups in Redis by the share of the entries that are in the scope, beside the search without a
 * filter and beside each way in which the server can be told to plan it.
 */
final class FilterSection {
  private static final int DIMENSION = 384;
  private static final double RATIO = 1.5;
  private static final int FIRST_LOOKUPS = 20;
  private static final int FEW = 50;
  private static final int BATCH = 250;
  private static final Scope GROWN = Scope.of("share", "grown");
  private static final Scope HALF = Scope.of("share", "half");
  private static final Scope TWENTIETH = Scope.of("share", "twentieth");
  private static final Scope RARE = Scope.of("share", "one in 500");

  /** What the server is told, and what then follows. */
  private static final Map<String, String> PLANS = new LinkedHashMap<>();

  static {
    PLANS.put("no hint", " EF_RUNTIME 64");
    PLANS.put("BATCHES", " HYBRID_POLICY BATCHES EF_RUNTIME 64");
    PLANS.put("ADHOC_BF", " HYBRID_POLICY ADHOC_BF");
  }

  private final Report report;
  private final RedisServer server;
  private final Duration duration;
  private final Report.Table table;
  private final Report.Table first;

  FilterSection(Report report, RedisServer server, Duration duration) {
    this.report = report;
    this.server = server;
    this.duration = duration;
    table =
        report.table(
            "Redis, nearest 10 of a scope, dimension " + DIMENSION + ", p50 µs",
            "entries",
            "in the scope",
            "no filter",
            "no hint",
            "BATCHES",
            "ADHOC_BF",
            "store",
            "store : no filter",
            "recall@1");
    first =
        report.table(
            "Redis, lookups after a change, µs",
            "entries",
            "what happened before",
            "first lookup",
            "second",
            "third",
            "median of the first 20",
            "later");
  }

  void run(List<Integer> sizes) {
    for (int size : sizes) {
      Corpus corpus = new Corpus(size, DIMENSION);
      run(corpus, Map.of("all", Scope.none()), number -> Scope.none());
      Map<String, Scope> shares = new LinkedHashMap<>();
      shares.put("half", HALF);
      shares.put("one in 20", TWENTIETH);
      shares.put("one in 500", RARE);
      run(corpus, shares, FilterSection::scopeOf);
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

  private void run(Corpus corpus, Map<String, Scope> shares, IntFunction<Scope> scopes) {
    InMemoryVectorStore exact =
        InMemoryVectorStore.builder(corpus.space).maxEntries(corpus.size).build();
    corpus.fill(exact, scopes);
    RedisVectorStore store = open(corpus);
    try {
      store.remove(new EntrySelector.All());
      corpus.fill(store, scopes);
      shares.forEach(
          (share, scope) -> {
            int[] members =
                IntStream.range(0, corpus.size)
                    .filter(i -> scopes.apply(i).equals(scope))
                    .toArray();
            Truth truth = Truth.ofRewordings(corpus, exact, members, scope);
            start(corpus, share, truth);
            compare(corpus, share, truth, store);
          });
      if (shares.containsValue(HALF)) {
        change(corpus, store, exact);
      }
    } finally {
      store.dropIndex(true);
    }
  }

  private RedisVectorStore open(Corpus corpus) {
    return server.store(corpus, "filter", VectorIndex.hnsw());
  }

  private void compare(Corpus corpus, String share, Truth truth, RedisVectorStore store) {
    PlainJedis plain = new PlainJedis(server.client, store.indexName());
    server.plannedQuery(() -> store.nearest(truth.query(0)));
    List<Contest.Way> ways = new ArrayList<>();
    ways.add(Contest.Way.of(i -> store.nearest(truth.query(i))));
    ways.add(way(plain, truth, "*", " EF_RUNTIME 64"));
    String filter = "@scope:{" + truth.query(0).scope() + "}";
    PLANS.values().forEach(plan -> ways.add(way(plain, truth, "(" + filter + ")", plan)));
    List<Sample> samples = Contest.of(1, duration).run(ways);
    double ratio = samples.get(0).ratioTo(samples.get(1));
    table.row(
        corpus.size,
        share,
        samples.get(1).medianMicros(),
        samples.get(2).medianMicros(),
        samples.get(3).medianMicros(),
        samples.get(4).medianMicros(),
        samples.get(0).medianMicros(),
        ratio,
        truth.recall(store));
    report.atMost(
        "Redis, nearest in a scope of %s of %,d entries : without a filter"
            .formatted(share, corpus.size),
        ratio,
        RATIO);
  }

  private static Contest.Way way(PlainJedis plain, Truth truth, String filter, String plan) {
    String query = filter + "=>[KNN " + Corpus.K + " @embedding $v" + plan + " AS distance]";
    byte[][][] arguments =
        IntStream.range(0, Truth.LOOKUPS)
            .mapToObj(i -> plain.searchArguments(query, truth.query(i).embedding()))
            .toArray(byte[][][]::new);
    return Contest.Way.of(i -> plain.search(arguments[i % arguments.length]));
  }

  /** A scope grows from a few entries to a third of all, and is then invalidated. */
  private void change(Corpus corpus, RedisVectorStore store, InMemoryVectorStore exact) {
    store.put(newcomers(corpus, 0, FEW));
    Truth truth = Truth.ofRewordings(corpus, exact, new int[] {2 * corpus.size}, GROWN);
    server.plannedQuery(() -> store.nearest(truth.query(0)));
    for (int from = FEW; from < corpus.size / 2; from += BATCH) {
      store.put(newcomers(corpus, from, from + BATCH));
    }
    firstLookups(corpus, "the scope grew from 50 entries to a third of all", store, truth);
    store.remove(new EntrySelector.ByScope(GROWN.hash()));
    store.put(newcomers(corpus, 0, FEW));
    firstLookups(corpus, "it was invalidated and has 50 again", store, truth);
  }

  private static List<NewEntry> newcomers(Corpus corpus, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> corpus.insertion(2 * corpus.size + i, GROWN))
        .toList();
  }

  /** The first lookups of a store that has just been opened. */
  private void start(Corpus corpus, String share, Truth truth) {
    firstLookups(corpus, "start, scope of " + share, open(corpus), truth);
  }

  private void firstLookups(Corpus corpus, String what, RedisVectorStore store, Truth truth) {
    double[] micros = new double[FIRST_LOOKUPS];
    for (int i = 0; i < FIRST_LOOKUPS; i++) {
      NearestQuery query = truth.query(i);
      long begin = System.nanoTime();
      store.nearest(query);
      micros[i] = (System.nanoTime() - begin) / 1e3;
    }
    double median = DoubleStream.of(micros).sorted().toArray()[FIRST_LOOKUPS / 2];
    Sample later =
        Contest.of(1, duration.dividedBy(2))
            .run(List.of(Contest.Way.of(i -> store.nearest(truth.query(i)))))
            .get(0);
    first.row(corpus.size, what, micros[0], micros[1], micros[2], median, later.medianMicros());
  }
}
