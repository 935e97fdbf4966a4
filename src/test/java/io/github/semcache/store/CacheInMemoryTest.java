package io.github.semcache.store;

import io.github.semcache.CacheOnStoreContract;
import io.github.semcache.embedding.EmbeddingSpace;

class CacheInMemoryTest extends CacheOnStoreContract {

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return InMemoryVectorStore.builder(space).build();
  }

  @Override
  protected boolean survives() {
    return false;
  }
}
