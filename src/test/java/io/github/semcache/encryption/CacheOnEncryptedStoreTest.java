package io.github.semcache.encryption;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.CacheOnStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class CacheOnEncryptedStoreTest extends CacheOnStoreContract {
  @TempDir private Path directory;

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return StoreEncryption.of(TestKeys.first()).encrypt(LuceneVectorStore.open(directory, space));
  }

  @Override
  protected boolean isPersistent() {
    return true;
  }
}
