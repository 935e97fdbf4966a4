package io.github.semcache.bench;

import io.github.semcache.bench.InterleavedRun.Variant;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Measures lookups and writes of the three stores by number of entries and dimension. */
final class StoresSection {
  static final int[] THREADS = {1, 8};
  static final int WRITES_PER_ROUND = 200;

  private static final double MAX_MEMORY_MICROS = 1_500;
  private static final double MAX_LUCENE_MICROS = 1_000;
  private static final double MIN_RECALL = 0.98;

  private final Report report;
  private final Set<Kind> kinds;
  private final Optional<RedisServer> server;
  private final Duration duration;
  private final Report.Table embedded;
  private final RedisSection redis;
  private final Report.Table recall;
  private final CandidatesSection candidates;

  /** A store that is measured. */
  enum Kind {
    memory,
    lucene,
    redis
  }

  StoresSection(Report report, Set<Kind> kinds, Optional<RedisServer> server, Duration duration) {
    this.report = report;
    this.kinds = kinds;
    this.server = server.filter(found -> kinds.contains(Kind.redis));
    this.duration = duration;
    embedded =
        report.table(
            "Stores without a server",
            "store",
            "operation",
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
            "paraphrases",
            "new prompts");
    candidates = new CandidatesSection(report, duration);
  }

  void run(List<Integer> sizes, List<Integer> dimensions) throws IOException {
    int largest = sizes.stream().max(Integer::compare).orElseThrow();
    for (int dimension : dimensions) {
      for (int size : sizes) {
        run(new Corpus(size, dimension), size == largest && dimension == dimensions.get(0));
      }
    }
  }

  private void run(Corpus corpus, boolean withCandidates) throws IOException {
    InMemoryVectorStore exact =
        InMemoryVectorStore.builder(corpus.space)
            .maxEntries(corpus.size + WRITES_PER_ROUND)
            .maxBytes(Long.MAX_VALUE)
            .build();
    corpus.fill(exact);
    GroundTruth paraphrases = GroundTruth.ofParaphrases(corpus, exact);
    GroundTruth newPrompts = GroundTruth.ofNewPrompts(corpus, exact);
    // Redis and Lucene are filled in parallel, because building a graph takes minutes.
    CompletableFuture<Optional<RedisSection.Filled>> filling =
        CompletableFuture.supplyAsync(() -> server.map(found -> RedisSection.fill(found, corpus)));
    try (TemporaryLuceneStore files = new TemporaryLuceneStore()) {
      if (kinds.contains(Kind.memory)) {
        filling.join();
        measure(corpus, paraphrases, "memory", exact);
      }
      if (kinds.contains(Kind.lucene)) {
        try (LuceneVectorStore lucene = files.fill(corpus)) {
          filling.join();
          measure(corpus, paraphrases, "Lucene", lucene);
          measureRecall("Lucene", corpus, lucene, paraphrases, newPrompts);
        }
      }
      filling.join().ifPresent(filled -> measure(filled, corpus, paraphrases, newPrompts));
      if (withCandidates && kinds.contains(Kind.lucene)) {
        candidates.measure(files, filling.join(), corpus, paraphrases, newPrompts);
      }
    } finally {
      filling.join().ifPresent(RedisSection.Filled::drop);
    }
  }

  private void measure(
      RedisSection.Filled filled, Corpus corpus, GroundTruth paraphrases, GroundTruth newPrompts) {
    redis.measure(filled, corpus, paraphrases);
    measureRecall("Redis", corpus, filled.store(), paraphrases, newPrompts);
  }

  private void measure(Corpus corpus, GroundTruth truth, String name, VectorStore store) {
    List<NewEntry> newEntries = corpus.newEntries(WRITES_PER_ROUND);
    for (int threads : THREADS) {
      InterleavedRun run = InterleavedRun.of(threads, duration);
      Variant find = Variant.of(i -> store.find(corpus.key(corpus.scattered(i))).orElseThrow());
      Variant nearest = Variant.of(i -> store.nearest(truth.query(i)));
      Variant put =
          new Variant(i -> store.put(List.of(newEntries.get(i))), () -> remove(store, newEntries));
      addRow(name, "lookup by key", corpus, run, find);
      Sample search = addRow(name, "10 nearest neighbors", corpus, run, nearest);
      addRow(name, "write of a new entry", corpus, run.maxCalls(WRITES_PER_ROUND), put);
      if (threads == 1) {
        checkTarget(name, corpus, search);
      }
    }
  }

  static void remove(VectorStore store, List<NewEntry> entries) {
    entries.forEach(entry -> store.remove(new EntrySelector.ByKey(entry.entry().key())));
  }

  private Sample addRow(
      String store, String operation, Corpus corpus, InterleavedRun run, Variant variant) {
    Sample sample = run.run(List.of(variant)).get(0);
    embedded.row(
        store,
        operation,
        corpus.size,
        corpus.space.dimension(),
        run.threads(),
        sample.medianMicros(),
        sample.p99Micros(),
        sample.perSecond());
    return sample;
  }

  private void checkTarget(String store, Corpus corpus, Sample nearest) {
    if (store.equals("memory") && corpus.hasSize(10_000, 384)) {
      report.atMost(
          "10 nearest neighbors in memory, 10,000 x 384, µs",
          nearest.medianMicros(),
          MAX_MEMORY_MICROS);
    }
    if (store.equals("Lucene") && corpus.hasSize(100_000, 384)) {
      report.atMost(
          "10 nearest neighbors in Lucene, 100,000 x 384, µs",
          nearest.medianMicros(),
          MAX_LUCENE_MICROS);
    }
  }

  private void measureRecall(
      String name,
      Corpus corpus,
      VectorStore store,
      GroundTruth paraphrases,
      GroundTruth newPrompts) {
    double paraphraseRecall = paraphrases.recall(store);
    recall.row(
        name, corpus.size, corpus.space.dimension(), paraphraseRecall, newPrompts.recall(store));
    report.atLeast("recall@1 of %s, %s".formatted(name, corpus), paraphraseRecall, MIN_RECALL);
  }
}
