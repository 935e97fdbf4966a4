package io.github.semcache.store;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.testkit.ListableStoreContract;

class InMemoryListableStoreTest extends ListableStoreContract<InMemoryVectorStore> {
  @Override
  protected InMemoryVectorStore open(EmbeddingSpace space) {
    return InMemoryVectorStore.builder(space).timeSource(clock).build();
  }
}
