package io.github.semcache.lucene;

import io.github.semcache.MiniLmCacheContract;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.VectorStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class CacheOnLuceneTest extends MiniLmCacheContract {
  @TempDir private Path directory;

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return LuceneVectorStore.open(directory, space);
  }

  @Override
  protected boolean isPersistent() {
    return true;
  }
}
