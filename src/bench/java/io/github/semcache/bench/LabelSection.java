package io.github.semcache.bench;

import io.github.semcache.bench.InterleavedRun.Variant;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Scope;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Measures searches in Redis with a filter of labels, the creation of filters, and the memory of
 * labels.
 */
final class LabelSection {
  private static final int DIMENSION = 64;
  private static final int TOPICS = 20;
  private static final int SEARCHES = 200;

  private final Report.Table searches;
  private final Report.Table filters;
  private final Report.Table memory;
  private final RedisServer server;
  private final Duration duration;

  LabelSection(Report report, RedisServer server, Duration duration) {
    this.server = server;
    this.duration = duration;
    searches =
        report.table(
            "Redis, 10 nearest neighbors with a filter of labels",
            "entries",
            "filter",
            "terms",
            "p50 µs",
            "p99 µs",
            "ratio to no filter");
    filters = report.table("Creation of filters and labels", "object", "terms", "p50 µs");
    memory =
        report.table(
            "Memory of labels, embeddings of dimension " + DIMENSION,
            "entries",
            "labels",
            "terms",
            "Redis, bytes per entry",
            "difference",
            "in-memory store, bytes per entry",
            "difference");
  }

  private static int random(int number, int bound) {
    return new SplittableRandom(number).nextInt(bound);
  }

  private static Labels topic(int number) {
    return Labels.none().with("topic", "topic " + random(number, TOPICS));
  }

  private static Labels topicAndPrice(int number) {
    return topic(number).with("n", random(number, 100_000) / 100.0);
  }

  void run(List<Integer> sizes) {
    measureCreation();
    for (int size : sizes) {
      Corpus corpus = new Corpus(size, DIMENSION);
      measureMemory(corpus);
      RedisVectorStore store = server.store(corpus, "labels", VectorIndex.hnsw());
      try {
        store.remove(new EntrySelector.All());
        fill(corpus, store, LabelSection::topicAndPrice);
        compareSearches(corpus, store);
      } finally {
        store.dropIndex(true);
      }
    }
  }

  private void measureMemory(Corpus corpus) {
    Map<String, IntFunction<Labels>> kinds = new LinkedHashMap<>();
    kinds.put("none", i -> Labels.none());
    kinds.put("a topic", LabelSection::topic);
    kinds.put("a topic and a price", LabelSection::topicAndPrice);
    List<VectorStore> stores = new ArrayList<>();
    double unused = bytesInMemory(corpus, i -> Labels.none(), stores); // Loads all classes.
    double redisWithout = 0;
    double heapWithout = 0;
    for (Map.Entry<String, IntFunction<Labels>> kind : kinds.entrySet()) {
      double redis = bytesInRedis(corpus, kind.getValue());
      double heap = bytesInMemory(corpus, kind.getValue(), stores);
      redisWithout = redisWithout == 0 ? redis : redisWithout;
      heapWithout = heapWithout == 0 ? heap : heapWithout;
      memory.row(
          corpus.size,
          kind.getKey(),
          kind.getValue().apply(1).terms().size(),
          redis,
          redis - redisWithout,
          heap,
          heap - heapWithout);
    }
    stores.forEach(VectorStore::close);
  }

  private double bytesInRedis(Corpus corpus, IntFunction<Labels> labels) {
    RedisVectorStore store = server.store(corpus, "labels-memory", VectorIndex.hnsw());
    try {
      store.remove(new EntrySelector.All());
      double before = server.usedMemory();
      fill(corpus, store, labels);
      return (server.usedMemory() - before) / corpus.size;
    } finally {
      store.dropIndex(true);
    }
  }

  /**
   * Returns the heap of a new store.
   *
   * @param stores receives the store, so that the memory of the others is not freed meanwhile
   */
  private static double bytesInMemory(
      Corpus corpus, IntFunction<Labels> labels, List<VectorStore> stores) {
    InMemoryVectorStore store =
        InMemoryVectorStore.builder(corpus.space).maxEntries(corpus.size).build();
    stores.add(store);
    long before = usedHeap();
    fill(corpus, store, labels);
    return (double) (usedHeap() - before) / corpus.size;
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static void fill(Corpus corpus, VectorStore store, IntFunction<Labels> labels) {
    List<NewEntry> batch = new ArrayList<>();
    for (int i = 0; i < corpus.size; i++) {
      NewEntry entry = corpus.newEntry(i, Scope.none());
      Labels own = labels.apply(i);
      batch.add(
          new NewEntry(
              entry.entry().labels(own), entry.embedding(), entry.timeToLive(), own.terms()));
      if (batch.size() == 500 || i == corpus.size - 1) {
        int unused = store.put(batch);
        batch.clear();
      }
    }
  }

  /** The filters, by the name of a row. */
  private static Map<String, Optional<Labels.Filter>> filters() {
    Map<String, Optional<Labels.Filter>> filters = new LinkedHashMap<>();
    filters.put("none", Optional.empty());
    filters.put("one of 20 texts", Optional.of(Labels.Filter.anyOf("topic", "topic 1")));
    filters.put(
        "three of 20 texts",
        Optional.of(Labels.Filter.anyOf("topic", "topic 1", "topic 2", "topic 3")));
    filters.put("price 100 to 200", Optional.of(Labels.Filter.range("n", 100, 200)));
    filters.put("price 123.45 to 678.90", Optional.of(Labels.Filter.range("n", 123.45, 678.9)));
    filters.put(
        "one of 20 texts and price 123.45 to 678.90",
        Optional.of(
            Labels.Filter.anyOf("topic", "topic 1").and(Labels.Filter.range("n", 123.45, 678.9))));
    return filters;
  }

  private void compareSearches(Corpus corpus, RedisVectorStore store) {
    List<Variant> variants = new ArrayList<>();
    List<String> names = new ArrayList<>(filters().keySet());
    List<Integer> terms = new ArrayList<>();
    for (Optional<Labels.Filter> filter : filters().values()) {
      terms.add(filter.map(LabelSection::terms).orElse(0));
      List<NearestQuery> queries = new ArrayList<>();
      for (int i = 0; i < SEARCHES; i++) {
        queries.add(
            new NearestQuery(
                corpus.paraphrase(corpus.scattered(i)),
                Scope.none().hash(),
                Corpus.K,
                Optional.empty(),
                filter.map(Labels.Filter::terms).orElse(List.of())));
      }
      // The store selects a query plan after the first searches, in the background.
      queries.forEach(store::nearest);
      variants.add(Variant.of(i -> store.nearest(queries.get(i % SEARCHES))));
    }
    List<Sample> samples = InterleavedRun.of(1, duration).run(variants);
    for (int i = 0; i < samples.size(); i++) {
      searches.row(
          corpus.size,
          names.get(i),
          terms.get(i),
          samples.get(i).medianMicros(),
          samples.get(i).p99Micros(),
          samples.get(i).ratioTo(samples.get(0)));
    }
  }

  private static int terms(Labels.Filter filter) {
    return filter.terms().stream().mapToInt(anyOf -> anyOf.size()).sum();
  }

  private void measureCreation() {
    List<Sample> samples =
        InterleavedRun.of(1, duration)
            .run(
                List.of(
                    Variant.of(i -> Labels.Filter.anyOf("topic", "topic 1")),
                    Variant.of(i -> Labels.Filter.range("n", 100, 200)),
                    Variant.of(i -> Labels.Filter.range("n", 123.45, 678.9)),
                    Variant.of(i -> topicAndPrice(i).terms())));
    filters.row("one text", 1, samples.get(0).medianMicros());
    filters.row(
        "range 100 to 200",
        terms(Labels.Filter.range("n", 100, 200)),
        samples.get(1).medianMicros());
    filters.row(
        "range 123.45 to 678.90",
        terms(Labels.Filter.range("n", 123.45, 678.9)),
        samples.get(2).medianMicros());
    filters.row(
        "labels of an entry: topic and price",
        topicAndPrice(1).terms().size(),
        samples.get(3).medianMicros());
  }
}
