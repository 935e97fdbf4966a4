package io.github.semcache.bench;

import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Measures latency and recall by the number of candidates and the number of results. */
final class CandidatesSection {
  private static final List<Integer> CANDIDATES = List.of(16, 32, 64, 128, 256);
  private static final List<Integer> RESULTS = List.of(1, 10);

  private final Duration duration;
  private final Report.Table table;

  CandidatesSection(Report report, Duration duration) {
    this.duration = duration;
    table =
        report.table(
            "Candidates per search and results (K)",
            "store",
            "candidates",
            "K",
            "p50 µs",
            "recall@1, paraphrases",
            "recall@1, new prompts");
  }

  void measure(
      TemporaryLuceneStore files,
      Optional<RedisSection.Filled> redis,
      Corpus corpus,
      GroundTruth paraphrases,
      GroundTruth newPrompts) {
    for (int candidates : CANDIDATES) {
      try (LuceneVectorStore store = files.builder(corpus).efSearch(candidates).build()) {
        rows("Lucene", candidates, store, paraphrases, newPrompts);
      }
    }
    for (int candidates : CANDIDATES) {
      redis.ifPresent(
          filled -> {
            VectorStore store =
                filled.server().store(corpus, "bench", VectorIndex.hnsw().efRuntime(candidates));
            filled.server().plannedQuery(() -> store.nearest(paraphrases.query(0)));
            rows("Redis", candidates, store, paraphrases, newPrompts);
          });
    }
  }

  private void rows(
      String name,
      int candidates,
      VectorStore store,
      GroundTruth paraphrases,
      GroundTruth newPrompts) {
    for (int k : RESULTS) {
      Sample sample =
          InterleavedRun.of(1, duration)
              .run(List.of(InterleavedRun.Variant.of(i -> store.nearest(paraphrases.query(i, k)))))
              .get(0);
      table.row(
          name,
          candidates,
          k,
          sample.medianMicros(),
          paraphrases.recall(store, k),
          newPrompts.recall(store, k));
    }
  }
}
