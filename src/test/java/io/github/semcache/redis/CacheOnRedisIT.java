package io.github.semcache.redis;

import io.github.semcache.CacheOnStoreContract;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.UnifiedJedis;

@EnabledIfRedis
class CacheOnRedisIT extends CacheOnStoreContract {
  private final String cacheName = "test-" + UUID.randomUUID();
  private UnifiedJedis jedis;
  private final List<EmbeddingSpace> spaces = new ArrayList<>();

  @BeforeEach
  void connect() {
    jedis = RedisConnection.of(RedisServers.uri()).open();
  }

  @AfterEach
  void removeEverything() {
    spaces.stream()
        .distinct()
        .forEach(space -> builder(space).assumeIndex().build().dropIndex(true));
    jedis.close();
  }

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    spaces.add(space);
    return builder(space).build();
  }

  private RedisVectorStore.Builder builder(EmbeddingSpace space) {
    return RedisVectorStore.builder(jedis, space).cacheName(cacheName);
  }

  @Override
  protected boolean survives() {
    return true;
  }
}
