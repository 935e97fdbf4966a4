package io.github.semcache.store;

import io.github.semcache.embedding.EmbeddingSpace;

class InMemoryListableStoreTest extends ListableStoreContract<InMemoryVectorStore> {
  @Override
  protected InMemoryVectorStore open(EmbeddingSpace space) {
    return InMemoryVectorStore.builder(space).timeSource(time).build();
  }
}
