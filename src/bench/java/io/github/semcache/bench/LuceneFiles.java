package io.github.semcache.bench;

import io.github.semcache.lucene.LuceneVectorStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A directory for a store of Lucene, deleted at the end. */
final class LuceneFiles implements AutoCloseable {
  private final Path directory = Files.createTempDirectory("semcache-bench");

  LuceneFiles() throws IOException {}

  LuceneVectorStore.Builder builder(Corpus corpus) {
    return LuceneVectorStore.builder(directory, corpus.space)
        .maxEntries(corpus.size + StoresSection.WRITES_IN_A_ROUND);
  }

  /** A store with the corpus in it, once its background work has come to rest. */
  LuceneVectorStore fill(Corpus corpus) {
    LuceneVectorStore store = builder(corpus).build();
    corpus.fill(store);
    awaitMerges();
    return store;
  }

  private static void awaitMerges() {
    try {
      // What was put last goes to the index first, and may set off another merge.
      for (int quiet = 0; quiet < 10; quiet++) {
        if (isMerging()) {
          quiet = 0;
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
