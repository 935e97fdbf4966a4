package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Measures one store by the number of entries: time of a build, lookups, memory, invalidation, and
 * restart. One entry in 20 is in a small scope, the others are in a large one.
 */
final class ScaleSection {
  private static final Scope LARGE = Scope.none();
  private static final Scope SMALL = Scope.of("tenant", "small");
  private static final int SMALL_FRACTION = 20;
  private static final String PLAIN_SEARCH = "plain command, 64 candidates, no filter";
  private static final int QUERIES = 1_000;
  private static final int WARM_UP_QUERIES = 2_000;
  private static final int BATCH_SIZE = 500;
  private static final double TOLERANCE = 1e-5;
  private static final double FLOAT16_TOLERANCE = 1e-3;
  private static final double NANOS_PER_MICRO = 1_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Report report;
  private DoubleSupplier serverCpuMicros = () -> 0;
  private final Report.Table lookups;
  private final Report.Table operations;

  /** The CPU time of each lookup, by the number of entries, of the current store. */
  private final Map<String, Map<Integer, Double>> cpuTimes = new LinkedHashMap<>();

  private String current = "";

  ScaleSection(Report report) {
    this.report = report;
    lookups =
        report.table(
            "Lookups by the number of entries",
            "store",
            "entries",
            "dimension",
            "lookup",
            "p50 µs",
            "p99 µs",
            "CPU µs",
            "recall@1");
    operations =
        report.table(
            "Operations and memory by the number of entries",
            "store",
            "entries",
            "dimension",
            "build s",
            "written per second",
            "bytes per entry in the store",
            "heap bytes per entry",
            "removal of one in 20, s",
            "restart s");
  }

  /**
   * Fills a store and measures it.
   *
   * @param plainSearch searches with the plain command, without a filter; empty if there is none
   * @param serverCpuMicros returns the CPU time of the server, which is added to that of the
   *     calling thread
   * @param awaitBuild waits for background work after the last write, as part of the build
   * @param storedBytes returns the memory of the server, or the size of the files
   * @param restart closes the store and opens it again
   */
  void measure(
      String name,
      Corpus corpus,
      VectorStore opened,
      Optional<Consumer<Embedding>> plainSearch,
      DoubleSupplier serverCpuMicros,
      Runnable awaitBuild,
      LongSupplier storedBytes,
      Supplier<VectorStore> restart) {
    current = name;
    this.serverCpuMicros = serverCpuMicros;
    long heapBefore = usedHeap();
    double buildSeconds =
        seconds(
            () -> {
              fill(opened, corpus);
              awaitBuild.run();
            });
    double heapPerEntry = (double) (usedHeap() - heapBefore) / corpus.size;
    double bytesPerEntry = (double) storedBytes.getAsLong() / corpus.size;
    measureLookups(name, corpus, opened);
    plainSearch.ifPresent(search -> measurePlainSearch(name, corpus, search));
    VectorStore[] reopened = new VectorStore[1];
    double restartSeconds =
        seconds(
            () -> {
              reopened[0] = restart.get();
              search(reopened[0], query(corpus, 1, LARGE, Optional.empty()));
            });
    try (VectorStore store = reopened[0]) {
      double removeSeconds = seconds(() -> store.remove(new EntrySelector.ByScope(SMALL.hash())));
      operations.row(
          name,
          corpus.size,
          corpus.space.dimension(),
          buildSeconds,
          corpus.size / buildSeconds,
          bytesPerEntry,
          heapPerEntry,
          removeSeconds,
          restartSeconds);
    }
  }

  private static double seconds(Runnable action) {
    long start = System.nanoTime();
    action.run();
    return (System.nanoTime() - start) / NANOS_PER_SECOND;
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static Scope scope(int number) {
    return number % SMALL_FRACTION == 0 ? SMALL : LARGE;
  }

  private static void fill(VectorStore store, Corpus corpus) {
    for (int from = 0; from < corpus.size; from += BATCH_SIZE) {
      store.put(
          IntStream.range(from, Math.min(corpus.size, from + BATCH_SIZE))
              .mapToObj(number -> entry(corpus, number))
              .toList());
    }
  }

  private static NewEntry entry(Corpus corpus, int number) {
    NewEntry entry = corpus.newEntry(number, scope(number));
    // Longer than the benchmark takes.
    return new NewEntry(entry.entry(), entry.embedding(), Optional.of(Duration.ofDays(7)));
  }

  private void measureLookups(String name, Corpus corpus, VectorStore store) {
    Optional<Instant> half = Optional.of(entry(corpus, corpus.size / 2).entry().createdAt());
    row(
        name,
        corpus,
        "by key",
        i -> store.find(entry(corpus, number(corpus, i, LARGE)).entry().key()));
    nearest(name, corpus, store, "nearest, scope with 95 %", LARGE, Optional.empty());
    nearest(name, corpus, store, "nearest, scope with 5 %", SMALL, Optional.empty());
    nearest(name, corpus, store, "nearest, newer half of the scope with 95 %", LARGE, half);
  }

  private void measurePlainSearch(String name, Corpus corpus, Consumer<Embedding> search) {
    List<Embedding> queries =
        IntStream.range(0, QUERIES)
            .mapToObj(i -> corpus.paraphrase(number(corpus, i, LARGE)))
            .toList();
    row(name, corpus, PLAIN_SEARCH, i -> search.accept(queries.get(i % QUERIES)));
  }

  private void nearest(
      String name,
      Corpus corpus,
      VectorStore store,
      String lookup,
      Scope scope,
      Optional<Instant> notBefore) {
    List<NearestQuery> queries = new ArrayList<>();
    for (int i = 0; i < QUERIES; i++) {
      queries.add(query(corpus, i, scope, notBefore));
    }
    // The store selects the query plan in the background.
    for (int i = 0; i < WARM_UP_QUERIES; i++) {
      search(store, queries.get(i % QUERIES));
    }
    List<List<Match>> results = new ArrayList<>();
    long[] nanos = new long[QUERIES];
    double cpuBefore = cpuMicros();
    for (int i = 0; i < QUERIES; i++) {
      long start = System.nanoTime();
      results.add(search(store, queries.get(i)));
      nanos[i] = System.nanoTime() - start;
    }
    double cpuMicros = (cpuMicros() - cpuBefore) / QUERIES;
    long found =
        IntStream.range(0, QUERIES)
            .filter(
                i ->
                    isFound(
                        corpus,
                        number(corpus, i, scope, notBefore),
                        queries.get(i),
                        results.get(i)))
            .count();
    row(name, corpus, lookup, nanos, cpuMicros, (double) found / QUERIES);
  }

  private static List<Match> search(VectorStore store, NearestQuery query) {
    return store.nearest(query).matches();
  }

  /** The entry of which a query is a paraphrase is nearer than nearly all others. */
  private static boolean isFound(
      Corpus corpus, int number, NearestQuery query, List<Match> matches) {
    double distance = query.embedding().cosineDistance(corpus.embedding(number));
    return !matches.isEmpty()
        && matches.get(0).distance()
            <= distance + Math.max(TOLERANCE, FLOAT16_TOLERANCE * distance);
  }

  private static int number(Corpus corpus, int i, Scope scope) {
    return number(corpus, i, scope, Optional.empty());
  }

  /** Returns the number of an entry of a scope, of the newer half if there is a minimum time. */
  private static int number(Corpus corpus, int i, Scope scope, Optional<Instant> notBefore) {
    int number = corpus.scattered(i);
    if (notBefore.isPresent()) {
      number = corpus.size / 2 + number / 2;
    }
    int inGroup = number - number % SMALL_FRACTION;
    return scope.equals(SMALL) ? inGroup : Math.min(corpus.size - 1, inGroup + 1 + i % 19);
  }

  private static NearestQuery query(
      Corpus corpus, int i, Scope scope, Optional<Instant> notBefore) {
    Embedding paraphrase = corpus.paraphrase(number(corpus, i, scope, notBefore));
    return new NearestQuery(paraphrase, scope.hash(), Corpus.K, notBefore);
  }

  private void row(String name, Corpus corpus, String lookup, IntConsumer operation) {
    for (int i = 0; i < WARM_UP_QUERIES; i++) {
      operation.accept(i);
    }
    long[] nanos = new long[QUERIES];
    double cpuBefore = cpuMicros();
    for (int i = 0; i < QUERIES; i++) {
      long start = System.nanoTime();
      operation.accept(i);
      nanos[i] = System.nanoTime() - start;
    }
    row(name, corpus, lookup, nanos, (cpuMicros() - cpuBefore) / QUERIES, 1);
  }

  private double cpuMicros() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / NANOS_PER_MICRO
        + serverCpuMicros.getAsDouble();
  }

  private void row(
      String name, Corpus corpus, String lookup, long[] nanos, double cpuMicros, double recall) {
    Arrays.sort(nanos);
    double median = nanos[QUERIES / 2] / NANOS_PER_MICRO;
    cpuTimes.computeIfAbsent(lookup, key -> new LinkedHashMap<>()).put(corpus.size, cpuMicros);
    lookups.row(
        name,
        corpus.size,
        corpus.space.dimension(),
        lookup,
        median,
        nanos[QUERIES * 99 / 100] / NANOS_PER_MICRO,
        cpuMicros,
        String.format(java.util.Locale.ROOT, "%.3f", recall));
  }

  /** Compares the growth of the CPU times with that of the logarithm of the number. */
  void compareGrowth() {
    cpuTimes.forEach(
        (lookup, bySize) -> {
          List<Integer> sizes = List.copyOf(bySize.keySet());
          int first = sizes.get(0);
          int last = sizes.get(sizes.size() - 1);
          if (first < last) {
            report.atMost(
                "%s, %s: growth of the CPU time from %,d to %,d entries"
                    .formatted(current, lookup, first, last),
                bySize.getOrDefault(last, Double.NaN) / bySize.getOrDefault(first, Double.NaN),
                Math.log(last) / Math.log(first));
          }
        });
    cpuTimes.clear();
  }
}
