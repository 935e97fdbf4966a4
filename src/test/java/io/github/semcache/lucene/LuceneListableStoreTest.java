package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.testkit.ListableStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LuceneListableStoreTest extends ListableStoreContract<LuceneVectorStore> {
  @TempDir Path directory;

  @Override
  protected LuceneVectorStore open(EmbeddingSpace space) {
    return LuceneVectorStore.builder(directory, space).timeSource(clock).build();
  }
}
