package io.github.semcache.encryption;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.VectorStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class EncryptedLuceneStoreTest extends VectorStoreContract {
  @TempDir private Path directory;

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return StoreEncryption.of(TestKeys.first())
        .encrypt(LuceneVectorStore.builder(directory, space).timeSource(clock).build());
  }
}
