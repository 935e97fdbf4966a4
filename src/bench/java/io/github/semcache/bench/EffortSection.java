package io.github.semcache.bench;

import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What more candidates, and more entries asked for, bring and cost. */
final class EffortSection {
  private static final List<Integer> CANDIDATES = List.of(16, 32, 64, 128, 256);
  private static final List<Integer> ASKED_FOR = List.of(1, 10);

  private final Duration duration;
  private final Report.Table table;

  EffortSection(Report report, Duration duration) {
    this.duration = duration;
    table =
        report.table(
            "Candidates looked at, and entries asked for",
            "store",
            "candidates",
            "K",
            "p50 µs",
            "recall@1, rewordings",
            "recall@1, new prompts");
  }

  void measure(
      LuceneFiles files,
      Optional<RedisSection.Filled> redis,
      Corpus corpus,
      Truth rewordings,
      Truth newcomers) {
    for (int candidates : CANDIDATES) {
      try (LuceneVectorStore store = files.builder(corpus).efSearch(candidates).build()) {
        rows("Lucene", candidates, store, rewordings, newcomers);
      }
    }
    for (int candidates : CANDIDATES) {
      redis.ifPresent(
          filled -> {
            VectorStore store =
                filled.server().store(corpus, "bench", VectorIndex.hnsw().efRuntime(candidates));
            filled.server().plannedQuery(() -> store.nearest(rewordings.query(0)));
            rows("Redis", candidates, store, rewordings, newcomers);
          });
    }
  }

  private void rows(
      String name, int candidates, VectorStore store, Truth rewordings, Truth newcomers) {
    for (int k : ASKED_FOR) {
      Sample sample =
          Contest.of(1, duration)
              .run(List.of(Contest.Way.of(i -> store.nearest(rewordings.asking(i, k)))))
              .get(0);
      table.row(
          name,
          candidates,
          k,
          sample.medianMicros(),
          rewordings.recall(store, k),
          newcomers.recall(store, k));
    }
  }
}
