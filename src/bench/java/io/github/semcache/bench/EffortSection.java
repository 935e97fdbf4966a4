package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore.NearestQuery;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Measures the number of candidates that the Redis store selects, with independent vectors, which
 * are the hardest to search, and with those of the {@link Corpus}. Compares the CPU time with that
 * of 64 candidates and with that of the plain command with the same number of candidates.
 */
final class EffortSection {
  private static final int QUERIES = 400;

  /** More searches than the store needs to measure its recall several times. */
  private static final int ADAPTATION_SEARCHES = 6_000;

  private static final double TOLERANCE = 1e-3;

  private final Report report;
  private final RedisServer server;
  private final Duration duration;
  private final Report.Table table;
  private final Report.Table types;

  EffortSection(Report report, RedisServer server, Duration duration) {
    this.report = report;
    this.server = server;
    this.duration = duration;
    table =
        report.table(
            "Redis, candidates selected by the store, 10 nearest neighbors in a scope with all",
            "entries",
            "dimension",
            "vectors",
            "candidates",
            "recall@1",
            "CPU µs",
            "64 candidates, recall@1",
            "CPU µs",
            "ratio to 64 candidates",
            "ratio to the plain command");
    types =
        report.table(
            "Redis, memory by the type of the vectors",
            "entries",
            "dimension",
            "FLOAT32, bytes per entry",
            "FLOAT16, bytes per entry",
            "FLOAT16, recall@1",
            "ratio");
  }

  void run(List<Integer> sizes, List<Integer> dimensions) {
    for (int dimension : dimensions) {
      for (int size : sizes) {
        Vectors independent = new Vectors(size, dimension, Optional.empty());
        effort("independent", independent);
        effort("clustered", new Vectors(size, dimension, Optional.of(new Corpus(size, dimension))));
        if (size == sizes.get(0)) {
          types(independent);
        }
      }
    }
  }

  private RedisVectorStore store(Vectors vectors, VectorType type, VectorIndex index) {
    return RedisVectorStore.builder(
            server.client, new EmbeddingSpace("effort", vectors.dimension()))
        .cacheName("semcache-effort")
        .vectorType(type)
        .vectorIndex(index)
        .build();
  }

  private static void fill(RedisVectorStore store, Vectors vectors) {
    store.remove(new EntrySelector.All());
    Corpus.fill(store, vectors.size(), vectors::entry);
  }

  private void effort(String name, Vectors vectors) {
    RedisVectorStore automatic = store(vectors, VectorType.FLOAT32, VectorIndex.hnsw());
    RedisVectorStore fixed = store(vectors, VectorType.FLOAT32, VectorIndex.hnsw().efRuntime(64));
    try {
      fill(automatic, vectors);
      List<NearestQuery> queries = IntStream.range(0, QUERIES).mapToObj(vectors::query).toList();
      for (int i = 0; i < ADAPTATION_SEARCHES; i++) {
        automatic.nearest(queries.get(i % QUERIES));
      }
      String query = server.plannedQuery(() -> automatic.nearest(queries.get(0)));
      server.plannedQuery(() -> fixed.nearest(queries.get(0)));
      PlainJedis plain = new PlainJedis(server.client, automatic.indexName());
      double[] micros =
          cpuMicros(
              i -> automatic.nearest(queries.get(i)),
              i -> fixed.nearest(queries.get(i)),
              plain(plain, query, queries));
      double recall = recall(automatic, vectors, queries);
      double toPlain = micros[0] / micros[2];
      table.row(
          vectors.size(),
          vectors.dimension(),
          name,
          query.replaceAll(".*EF_RUNTIME (\\d+).*", "$1"),
          format(recall),
          micros[0],
          format(recall(fixed, vectors, queries)),
          micros[1],
          micros[0] / micros[1],
          toPlain);
      String target = "%,d x %d, %s vectors".formatted(vectors.size(), vectors.dimension(), name);
      report.atLeast("recall@1 of the selected candidates, " + target, recall, 0.99);
      report.atMost("selected candidates: ratio to the plain command, " + target, toPlain, 1.05);
    } finally {
      automatic.dropIndex(true);
    }
  }

  private static String format(double recall) {
    return String.format(Locale.ROOT, "%.4f", recall);
  }

  /**
   * Returns the CPU time of each variant per search, of the calling thread and the main thread of
   * the server. Unlike the elapsed time, it hardly depends on the load of the machine.
   */
  private double[] cpuMicros(IntConsumer... variants) {
    double[] micros = new double[variants.length];
    int rounds = (int) Math.max(1, duration.toMillis() / 100);
    for (int round = 0; round < rounds; round++) {
      for (int j = 0; j < variants.length; j++) {
        double before = clientMicros() + server.mainThreadCpuMicros();
        for (int i = 0; i < QUERIES; i++) {
          variants[j].accept(i);
        }
        micros[j] += (clientMicros() + server.mainThreadCpuMicros() - before) / QUERIES / rounds;
      }
    }
    return micros;
  }

  private static double clientMicros() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e3;
  }

  private static IntConsumer plain(PlainJedis plain, String query, List<NearestQuery> queries) {
    byte[][][] arguments =
        queries.stream()
            .map(each -> plain.searchArguments(query, each.embedding()))
            .toArray(byte[][][]::new);
    return i -> plain.search(arguments[i]);
  }

  /** Returns the fraction of searches that find an entry as near as the one they are near to. */
  private static double recall(
      RedisVectorStore store, Vectors vectors, List<NearestQuery> queries) {
    long found =
        IntStream.range(0, QUERIES)
            .filter(
                i -> {
                  Embedding target = vectors.vector(vectors.target(i));
                  double distance = queries.get(i).embedding().cosineDistance(target);
                  return store.nearest(queries.get(i)).matches().stream()
                      .anyMatch(match -> match.distance() <= distance + TOLERANCE);
                })
            .count();
    return (double) found / QUERIES;
  }

  private void types(Vectors vectors) {
    double float32 = bytesPerEntry(vectors, VectorType.FLOAT32, store -> {});
    double[] recall = new double[1];
    List<NearestQuery> queries = IntStream.range(0, QUERIES).mapToObj(vectors::query).toList();
    double float16 =
        bytesPerEntry(
            vectors, VectorType.FLOAT16, store -> recall[0] = recall(store, vectors, queries));
    types.row(
        vectors.size(),
        vectors.dimension(),
        float32,
        float16,
        format(recall[0]),
        float16 / float32);
    String target = "%,d x %d".formatted(vectors.size(), vectors.dimension());
    report.atLeast("recall@1 of FLOAT16 vectors, " + target, recall[0], 0.98);
    if (vectors.dimension() >= 1_536) {
      report.atMost("memory of FLOAT16 to that of FLOAT32, " + target, float16 / float32, 0.55);
    }
  }

  private double bytesPerEntry(
      Vectors vectors, VectorType type, Consumer<RedisVectorStore> action) {
    RedisVectorStore store = store(vectors, type, VectorIndex.hnsw());
    try {
      store.remove(new EntrySelector.All());
      double before = server.usedMemory();
      fill(store, vectors);
      double bytes = (server.usedMemory() - before) / vectors.size();
      action.accept(store);
      return bytes;
    } finally {
      store.dropIndex(true);
    }
  }
}
