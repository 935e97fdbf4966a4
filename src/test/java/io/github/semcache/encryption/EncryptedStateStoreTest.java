package io.github.semcache.encryption;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testkit.StateStoreContract;

class EncryptedStateStoreTest extends StateStoreContract<EncryptedStore.WithStateAndList> {
  @Override
  protected EncryptedStore.WithStateAndList open(EmbeddingSpace space) {
    return (EncryptedStore.WithStateAndList)
        StoreEncryption.of(TestKeys.first()).encrypt(InMemoryVectorStore.builder(space).build());
  }
}
