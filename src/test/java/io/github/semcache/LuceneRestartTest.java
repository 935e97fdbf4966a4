package io.github.semcache;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.VectorStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LuceneRestartTest extends RestartScenario {
  @TempDir Path directory;

  @Override
  VectorStore open(EmbeddingSpace space) {
    return LuceneVectorStore.open(directory, space);
  }
}
