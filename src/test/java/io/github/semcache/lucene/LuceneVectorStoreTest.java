package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.VectorStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract with entries in the memtable. */
class LuceneVectorStoreTest extends VectorStoreContract {
  @TempDir private Path directory;

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return LuceneVectorStore.builder(directory, space).timeSource(clock).build();
  }
}
