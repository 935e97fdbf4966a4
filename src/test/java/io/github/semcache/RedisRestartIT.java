package io.github.semcache;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

@EnabledIfRedis
class RedisRestartIT extends RestartScenario {
  private final String cacheName = "test-" + UUID.randomUUID();

  @Override
  VectorStore open(EmbeddingSpace space) {
    return RedisVectorStore.builder(RedisConnection.of(RedisServers.uri()), space)
        .cacheName(cacheName)
        .build();
  }

  @AfterEach
  void dropIndex() {
    EmbeddingSpace space = EmbeddingSpace.of(MiniLmEmbedder.create());
    try (RedisVectorStore store = (RedisVectorStore) open(space)) {
      store.dropIndex(true);
    }
  }
}
