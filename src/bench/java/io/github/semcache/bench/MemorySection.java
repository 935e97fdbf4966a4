package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore.NearestQuery;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Compares searches of the in-memory store with a scan that computes the distance of each entry.
 * One entry in 20 is in a small scope, the others are in a large one.
 */
final class MemorySection {
  private static final int SMALL = 20;
  private static final int QUERIES = 200;
  private static final int ROUNDS = 3;
  private static final double TOLERANCE = 1e-6;
  private static final double MAX_MICROS = 3_000;

  private final Report report;
  private final Report.Table table;

  MemorySection(Report report) {
    this.report = report;
    table =
        report.table(
            "In-memory store, 10 nearest neighbors, CPU time of the calling thread",
            "entries",
            "dimension",
            "vectors",
            "scope with",
            "p50 µs",
            "p99 µs",
            "exact scan, p50 µs",
            "ratio",
            "recall@10");
  }

  void run(List<Integer> sizes, List<Integer> dimensions) {
    for (int dimension : dimensions) {
      for (int size : sizes) {
        measure(
            "clustered", new Vectors(size, dimension, Optional.of(new Corpus(size, dimension))));
        measure("independent", new Vectors(size, dimension, Optional.empty()));
      }
    }
  }

  private void measure(String name, Vectors vectors) {
    InMemoryVectorStore store =
        InMemoryVectorStore.builder(new EmbeddingSpace("memory", vectors.dimension()))
            .maxEntries(vectors.size())
            .maxBytes(Long.MAX_VALUE)
            .build();
    Corpus.fill(store, vectors.size(), number -> vectors.entry(number, scopeOf(number)));
    measure(name, "19 in 20", vectors, store, 1);
    measure(name, "1 in 20", vectors, store, 0);
  }

  private static Scope scopeOf(int number) {
    return Scope.of("size", number % SMALL == 0 ? "small" : "large");
  }

  private void measure(
      String name, String fraction, Vectors vectors, InMemoryVectorStore store, int member) {
    Scope scope = scopeOf(member);
    List<Embedding> scanned =
        IntStream.range(0, vectors.size())
            .filter(number -> scopeOf(number).equals(scope))
            .mapToObj(vectors::vector)
            .toList();
    List<NearestQuery> queries =
        IntStream.range(0, QUERIES)
            .mapToObj(i -> Corpus.nearestQuery(vectors.query(i).embedding(), scope))
            .toList();
    double[][] micros = new double[2][QUERIES * ROUNDS];
    int found = 0;
    for (int i = 0; i < QUERIES * ROUNDS; i++) {
      NearestQuery query = queries.get(i % QUERIES);
      double[] nearest =
          timed(
              micros[0],
              i,
              each ->
                  store.nearest(query).matches().stream().mapToDouble(Match::distance).toArray());
      double[] exact = timed(micros[1], i, each -> scan(scanned, query));
      found +=
          (int) Arrays.stream(nearest).filter(d -> d <= exact[Corpus.K - 1] + TOLERANCE).count();
    }
    Arrays.stream(micros).forEach(Arrays::sort);
    table.row(
        vectors.size(),
        vectors.dimension(),
        name,
        fraction,
        percentile(micros[0], 50),
        percentile(micros[0], 99),
        percentile(micros[1], 50),
        percentile(micros[0], 50) / percentile(micros[1], 50),
        "%.4f".formatted((double) found / QUERIES / ROUNDS / Corpus.K));
    if (vectors.corpus().isPresent() && vectors.size() == 100_000 && vectors.dimension() == 384) {
      report.atMost(
          "10 nearest neighbors in memory, 100,000 x 384, CPU µs, scope with " + fraction,
          percentile(micros[0], 50),
          MAX_MICROS);
    }
  }

  private static double[] timed(double[] micros, int index, IntFunction<double[]> search) {
    long before = cpuNanos();
    double[] distances = search.apply(index);
    micros[index] = (cpuNanos() - before) / 1e3;
    return distances;
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double percentile(double[] sorted, int percent) {
    return sorted[sorted.length * percent / 100];
  }

  /** Returns the distances of the nearest embeddings, sorted. */
  private static double[] scan(List<Embedding> embeddings, NearestQuery query) {
    PriorityQueue<Double> nearest = new PriorityQueue<>(Comparator.reverseOrder());
    for (Embedding embedding : embeddings) {
      double distance = query.embedding().cosineDistance(embedding);
      if (nearest.size() < query.k() || distance < nearest.element()) {
        nearest.add(distance);
        if (nearest.size() > query.k()) {
          nearest.remove();
        }
      }
    }
    return nearest.stream().mapToDouble(each -> each).sorted().toArray();
  }
}
