package io.github.semcache.migration;

import static org.awaitility.Awaitility.await;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.NearCache;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import java.time.Duration;

@EnabledIfRedis
class RedisNearMigrationIT extends RedisMigrationIT {
  private static final Duration MAX_STALENESS = Duration.ofMillis(1);

  @Override
  RedisVectorStore.Builder builder(EmbeddingSpace space) {
    return super.builder(space)
        .nearCache(NearCache.of(1_000).maxStaleness(MAX_STALENESS).withoutTracking());
  }

  @Override
  protected void awaitStaleness() {
    await().pollDelay(MAX_STALENESS.multipliedBy(5)).until(() -> true);
  }
}
