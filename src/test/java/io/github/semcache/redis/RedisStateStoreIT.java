package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.StateStoreContract;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

@EnabledIfRedis
class RedisStateStoreIT extends StateStoreContract<RedisVectorStore> {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);

  private final String cacheName = "test-" + UUID.randomUUID();

  RedisConnection connection() {
    return RedisConnection.of(RedisServers.uri());
  }

  private RedisVectorStore.Builder builder(EmbeddingSpace space) {
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
    try (UnifiedJedis jedis = connection().open()) {
      jedis.del(key("policy"));
      jedis.del(key("policy-"));
    }
  }

  private String key(String name) {
    return cacheName + ":state:v2:test-model:4:" + name;
  }

  @Test
  void instancesShareTheState() {
    try (RedisVectorStore one = open(SPACE);
        RedisVectorStore other = open(SPACE)) {
      one.save("policy", new byte[] {1});
      other.update("policy", before -> new byte[] {before.orElseThrow()[0], 2});

      assertThat(one.load("policy")).hasValue(new byte[] {1, 2});
    }
  }

  @Test
  void stateOfCachesAndVectorSpacesIsIsolated() {
    try (RedisVectorStore mine = open(SPACE);
        RedisVectorStore otherModel = open(new EmbeddingSpace("other-model", 4));
        RedisVectorStore otherCache =
            RedisVectorStore.builder(connection(), SPACE).cacheName(cacheName + ":v1").build()) {
      mine.save("policy", new byte[] {1});

      assertThat(otherModel.load("policy")).isEmpty();
      assertThat(otherCache.load("policy")).isEmpty();
      otherModel.dropIndex(true);
      otherCache.dropIndex(true);
    }
  }

  @Test
  void stateDoesNotExpireAndIsNotInTheIndex() {
    try (RedisVectorStore store = open(SPACE);
        UnifiedJedis jedis = connection().open()) {
      store.save("policy", new byte[] {1});

      assertThat(jedis.ttl(key("policy"))).isEqualTo(-1);
      assertThat(key("policy")).doesNotStartWith(store.indexName());
    }
  }

  @Test
  void stateRemainsWhenTheIndexIsDropped() {
    try (RedisVectorStore store = open(SPACE)) {
      store.save("policy", new byte[] {1});
      store.dropIndex(true);

      assertThat(store.load("policy")).hasValue(new byte[] {1});
    }
  }
}
