package io.github.semcache.redis;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.testing.EnabledIfRedis;

@EnabledIfRedis
class RedisNearVectorStoreIT extends RedisVectorStoreIT {
  @Override
  RedisVectorStore.Builder builder(EmbeddingSpace space) {
    return super.builder(space).nearCache(NearCache.of(1_000));
  }
}
