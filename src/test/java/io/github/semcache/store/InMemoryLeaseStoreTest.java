package io.github.semcache.store;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.testkit.LeaseStoreContract;

class InMemoryLeaseStoreTest extends LeaseStoreContract {
  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return InMemoryVectorStore.builder(space).build();
  }
}
