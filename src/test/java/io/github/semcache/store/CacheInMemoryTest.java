package io.github.semcache.store;

import io.github.semcache.MiniLmCacheContract;
import io.github.semcache.embedding.EmbeddingSpace;

class CacheInMemoryTest extends MiniLmCacheContract {

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return InMemoryVectorStore.builder(space).build();
  }

  @Override
  protected boolean isPersistent() {
    return false;
  }
}
