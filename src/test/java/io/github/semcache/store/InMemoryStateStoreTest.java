package io.github.semcache.store;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.testkit.StateStoreContract;

class InMemoryStateStoreTest extends StateStoreContract<InMemoryVectorStore> {
  @Override
  protected InMemoryVectorStore open(EmbeddingSpace space) {
    return InMemoryVectorStore.builder(space).build();
  }
}
