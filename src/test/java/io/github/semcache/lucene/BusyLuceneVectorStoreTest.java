package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.VectorStore;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** The contract with entries that are flushed during lookups. */
class BusyLuceneVectorStoreTest extends LuceneVectorStoreTest {
  @TempDir private Path directory;

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return LuceneVectorStore.builder(directory, space)
        .timeSource(clock)
        .flushLimits(new FlushLimits(4, 1 << 20, Duration.ofSeconds(5)))
        .build();
  }
}
