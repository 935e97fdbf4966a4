package io.github.semcache.migration;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.lucene.LuceneVectorStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class LuceneMigrationTest extends MigrationContract<LuceneVectorStore> {
  @TempDir private Path directory;

  @Override
  protected LuceneVectorStore open(EmbeddingSpace space) {
    return LuceneVectorStore.open(directory.resolve(space.modelId()), space);
  }

  @Override
  protected void close(LuceneVectorStore opened) {
    opened.close();
  }
}
