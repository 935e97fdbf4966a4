package io.github.semcache.redis;

import io.github.semcache.embedding.EmbeddingSpace;

class RedisFlatVectorStoreIT extends RedisVectorStoreIT {
  @Override
  RedisVectorStore.Builder builder(EmbeddingSpace space) {
    return super.builder(space).vectorIndex(VectorIndex.flat()).textFields();
  }
}
