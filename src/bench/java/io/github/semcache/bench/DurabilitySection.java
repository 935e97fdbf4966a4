package io.github.semcache.bench;

import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Measures writes to the Lucene store that are synced to disk, and opening an existing store. */
final class DurabilitySection {
  private static final int ENTRIES = 10_000;
  private static final int DIMENSION = 384;

  private final Report.Table table;
  private final Duration duration;

  DurabilitySection(Report report, Duration duration) {
    this.duration = duration;
    table =
        report.table(
            "Lucene, 10,000 entries of dimension 384 on disk", "operation", "p50 µs", "p99 µs");
  }

  void run() throws IOException {
    Corpus corpus = new Corpus(ENTRIES, DIMENSION);
    try (TemporaryLuceneStore files = new TemporaryLuceneStore()) {
      files.fill(corpus).close();
      write("write, synced to disk within a second", Duration.ofSeconds(1), files, corpus);
      write("write, synced to disk before it returns", Duration.ZERO, files, corpus);
      long start = System.nanoTime();
      files.builder(corpus).build().close();
      double micros = (System.nanoTime() - start) / 1e3;
      table.row("open and close", micros, "");
    }
  }

  private void write(
      String operation, Duration syncInterval, TemporaryLuceneStore files, Corpus corpus) {
    List<NewEntry> newEntries = corpus.newEntries(StoresSection.WRITES_PER_ROUND);
    try (LuceneVectorStore store = files.builder(corpus).syncInterval(syncInterval).build()) {
      InterleavedRun.Variant put =
          new InterleavedRun.Variant(
              i -> store.put(List.of(newEntries.get(i))),
              () -> StoresSection.remove(store, newEntries));
      Sample sample =
          InterleavedRun.of(1, duration).maxCalls(newEntries.size()).run(List.of(put)).get(0);
      table.row(operation, sample.medianMicros(), sample.p99Micros());
    }
  }
}
