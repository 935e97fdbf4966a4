package io.github.semcache.migration;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.NearCache;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import java.time.Duration;

@EnabledIfRedis
class RedisNearMigrationIT extends RedisMigrationIT {
  @Override
  RedisVectorStore.Builder builder(EmbeddingSpace space) {
    return super.builder(space)
        .nearCache(NearCache.of(1_000).maxStaleness(Duration.ofMillis(1)).withoutTracking());
  }
}
