package io.github.semcache.bench;

import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.VectorStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Lookups and writes of the three stores, by number of entries and dimension. */
final class StoresSection {
  static final int[] THREADS = {1, 8};
  static final int WRITES_IN_A_ROUND = 200;

  private static final double MEMORY_MICROS = 1_500;
  private static final double LUCENE_MICROS = 1_000;
  private static final double RECALL = 0.98;

  private final Report report;
  private final Optional<RedisServer> server;
  private final Duration duration;
  private final Report.Table embedded;
  private final RedisSection redis;
  private final Report.Table recall;
  private final EffortSection effort;

  StoresSection(Report report, Optional<RedisServer> server, Duration duration) {
    this.report = report;
    this.server = server;
    this.duration = duration;
    embedded =
        report.table(
            "Stores without a server",
            "store",
            "what",
            "entries",
            "dimension",
            "threads",
            "p50 µs",
            "p99 µs",
            "per second");
    redis = new RedisSection(report, duration);
    recall =
        report.table(
            "Recall@1 against the exact scan, 200 lookups each",
            "store",
            "entries",
            "dimension",
            "rewordings",
            "new prompts");
    effort = new EffortSection(report, duration);
  }

  void run(List<Integer> sizes, List<Integer> dimensions) throws IOException {
    int largest = sizes.stream().max(Integer::compare).orElseThrow();
    for (int dimension : dimensions) {
      for (int size : sizes) {
        run(new Corpus(size, dimension), size == largest && dimension == dimensions.get(0));
      }
    }
  }

  private void run(Corpus corpus, boolean withEffort) throws IOException {
    InMemoryVectorStore exact =
        InMemoryVectorStore.builder(corpus.space)
            .maxEntries(corpus.size + WRITES_IN_A_ROUND)
            .build();
    corpus.fill(exact);
    Truth rewordings = Truth.ofRewordings(corpus, exact);
    Truth newcomers = Truth.ofNewcomers(corpus, exact);
    // Both are filled at once, because building a graph takes minutes.
    CompletableFuture<Optional<RedisSection.Filled>> filling =
        CompletableFuture.supplyAsync(() -> server.map(found -> RedisSection.fill(found, corpus)));
    try (LuceneFiles files = new LuceneFiles()) {
      try (LuceneVectorStore lucene = files.fill(corpus)) {
        filling.join();
        measure(corpus, rewordings, "memory", exact);
        measure(corpus, rewordings, "Lucene", lucene);
        recall("Lucene", corpus, lucene, rewordings, newcomers);
      }
      filling
          .join()
          .ifPresent(
              filled -> {
                redis.measure(filled, corpus, rewordings);
                recall("Redis", corpus, filled.store(), rewordings, newcomers);
              });
      if (withEffort) {
        effort.measure(files, filling.join(), corpus, rewordings, newcomers);
      }
    } finally {
      filling.join().ifPresent(RedisSection.Filled::drop);
    }
  }

  private void measure(Corpus corpus, Truth truth, String name, VectorStore store) {
    List<NewEntry> fresh = corpus.newcomers(WRITES_IN_A_ROUND);
    for (int threads : THREADS) {
      Contest contest = Contest.of(threads, duration);
      Contest.Way find =
          Contest.Way.of(i -> store.find(corpus.key(corpus.scattered(i))).orElseThrow());
      Contest.Way nearest = Contest.Way.of(i -> store.nearest(truth.query(i)));
      Contest.Way put =
          new Contest.Way(i -> store.put(List.of(fresh.get(i))), () -> remove(store, fresh));
      row(name, "find by key", corpus, contest, find);
      Sample search = row(name, "find the nearest 10", corpus, contest, nearest);
      row(name, "put a new entry", corpus, contest.atMost(WRITES_IN_A_ROUND), put);
      if (threads == 1) {
        judge(name, corpus, search);
      }
    }
  }

  static void remove(VectorStore store, List<NewEntry> insertions) {
    insertions.forEach(insertion -> store.remove(new EntrySelector.ByKey(insertion.entry().key())));
  }

  private Sample row(String store, String what, Corpus corpus, Contest contest, Contest.Way way) {
    Sample sample = contest.run(List.of(way)).get(0);
    embedded.row(
        store,
        what,
        corpus.size,
        corpus.space.dimension(),
        contest.threads(),
        sample.medianMicros(),
        sample.p99Micros(),
        sample.perSecond());
    return sample;
  }

  private void judge(String store, Corpus corpus, Sample nearest) {
    if (store.equals("memory") && corpus.is(10_000, 384)) {
      report.atMost("in memory, 10,000 x 384, µs", nearest.medianMicros(), MEMORY_MICROS);
    }
    if (store.equals("Lucene") && corpus.is(100_000, 384)) {
      report.atMost("Lucene, 100,000 x 384, µs", nearest.medianMicros(), LUCENE_MICROS);
    }
  }

  private void recall(
      String name, Corpus corpus, VectorStore store, Truth rewordings, Truth newcomers) {
    double reworded = rewordings.recall(store);
    recall.row(name, corpus.size, corpus.space.dimension(), reworded, newcomers.recall(store));
    report.atLeast("recall@1 of %s, %s".formatted(name, corpus), reworded, RECALL);
  }
}
