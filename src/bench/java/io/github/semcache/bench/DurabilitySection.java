package io.github.semcache.bench;

import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.NewEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What it costs to have every write on the disk at once, and to open a store again. */
final class DurabilitySection {
  private static final int ENTRIES = 10_000;
  private static final int DIMENSION = 384;

  private final Report.Table table;
  private final Duration duration;

  DurabilitySection(Report report, Duration duration) {
    this.duration = duration;
    table =
        report.table(
            "Lucene, 10,000 entries of dimension 384 on the disk", "what", "p50 µs", "p99 µs");
  }

  void run() throws IOException {
    Corpus corpus = new Corpus(ENTRIES, DIMENSION);
    try (LuceneFiles files = new LuceneFiles()) {
      files.fill(corpus).close();
      put("put, on the disk within a second", Duration.ofSeconds(1), files, corpus);
      put("put, on the disk when it returns", Duration.ZERO, files, corpus);
      long start = System.nanoTime();
      files.builder(corpus).build().close();
      double micros = (System.nanoTime() - start) / 1e3;
      table.row("open and close", micros, "");
    }
  }

  private void put(String what, Duration syncInterval, LuceneFiles files, Corpus corpus) {
    List<NewEntry> fresh = corpus.newcomers(StoresSection.WRITES_IN_A_ROUND);
    try (LuceneVectorStore store = files.builder(corpus).syncInterval(syncInterval).build()) {
      Contest.Way way =
          new Contest.Way(
              i -> store.put(List.of(fresh.get(i))), () -> StoresSection.remove(store, fresh));
      Sample sample = Contest.of(1, duration).atMost(fresh.size()).run(List.of(way)).get(0);
      table.row(what, sample.medianMicros(), sample.p99Micros());
    }
  }
}
