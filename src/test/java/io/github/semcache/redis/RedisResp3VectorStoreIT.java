package io.github.semcache.redis;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.testing.RedisServers;

class RedisResp3VectorStoreIT extends RedisVectorStoreIT {
  @Override
  RedisVectorStore.Builder builder(EmbeddingSpace space) {
    return RedisVectorStore.builder(RedisConnection.of(RedisServers.uri() + "?protocol=3"), space);
  }
}
