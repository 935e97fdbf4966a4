package io.github.semcache.bench;

import io.github.semcache.lucene.LuceneVectorStore;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A temporary directory for a Lucene store, deleted by {@link #close}. */
final class TemporaryLuceneStore implements AutoCloseable {
  /** The number of checks without a merge, one each 100 ms, after which all merges are complete. */
  private static final int IDLE_CHECKS = 130;

  private final Path directory = Files.createTempDirectory("semcache-bench");

  TemporaryLuceneStore() throws IOException {}

  LuceneVectorStore.Builder builder(Corpus corpus) {
    return LuceneVectorStore.builder(directory, corpus.space)
        .maxEntries(corpus.size + StoresSection.WRITES_PER_ROUND);
  }

  /** Opens a store, writes the corpus, and waits for background merges. */
  LuceneVectorStore fill(Corpus corpus) {
    LuceneVectorStore store = builder(corpus).build();
    corpus.fill(store);
    awaitMerges();
    return store;
  }

  /** Returns the size of all files. */
  long bytes() {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.map(Path::toFile).filter(File::isFile).mapToLong(File::length).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits for background merges. The store starts the last one ten seconds after the last flush.
   */
  static void awaitMerges() {
    try {
      // The last entries may still be flushed to the index, which may start another merge.
      for (int idleChecks = 0; idleChecks < IDLE_CHECKS; idleChecks++) {
        if (isMerging()) {
          idleChecks = 0;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isMerging() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("Lucene Merge Thread"));
  }

  @Override
  public void close() throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
