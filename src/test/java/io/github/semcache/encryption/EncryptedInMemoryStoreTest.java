package io.github.semcache.encryption;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.VectorStoreContract;

class EncryptedInMemoryStoreTest extends VectorStoreContract {
  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return StoreEncryption.of(TestKeys.rotated())
        .encrypt(InMemoryVectorStore.builder(space).timeSource(clock).build());
  }
}
