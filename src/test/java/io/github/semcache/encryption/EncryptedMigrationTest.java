package io.github.semcache.encryption;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.migration.MigrationContract;
import io.github.semcache.store.InMemoryVectorStore;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class EncryptedMigrationTest extends MigrationContract<EncryptedStore.WithStateAndList> {
  @Override
  protected EncryptedStore.WithStateAndList open(EmbeddingSpace space) {
    return (EncryptedStore.WithStateAndList)
        StoreEncryption.of(TestKeys.first()).encrypt(InMemoryVectorStore.builder(space).build());
  }

  @Override
  protected void close(EncryptedStore.WithStateAndList opened) {
    opened.close();
  }
}
