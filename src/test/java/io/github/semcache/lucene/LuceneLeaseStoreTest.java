package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.LeaseStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LuceneLeaseStoreTest extends LeaseStoreContract {
  @TempDir private Path directory;

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return LuceneVectorStore.open(directory, space);
  }
}
