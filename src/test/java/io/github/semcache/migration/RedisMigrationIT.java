package io.github.semcache.migration;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.util.UUID;

/** Both stores belong to one cache. */
@EnabledIfRedis
class RedisMigrationIT extends MigrationContract<RedisVectorStore> {
  private final String cacheName = "test-" + UUID.randomUUID();

  RedisConnection connection() {
    return RedisConnection.of(RedisServers.uri());
  }

  RedisVectorStore.Builder builder(EmbeddingSpace space) {
    return RedisVectorStore.builder(connection(), space).cacheName(cacheName);
  }

  @Override
  protected RedisVectorStore open(EmbeddingSpace space) {
    return builder(space).build();
  }

  @Override
  protected void close(RedisVectorStore opened) {
    opened.dropIndex(true);
    opened.close();
  }

  @Override
  protected boolean sharesVersions() {
    return true;
  }
}
