package io.github.semcache.openai.proxy;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;

@EnabledIfRedis
final class RedisCachedClientIT extends CachedClientContract {
  @Override
  VectorStore open(Embedder embedder) {
    return RedisVectorStore.builder(
            RedisConnection.of(RedisServers.uri()), EmbeddingSpace.of(embedder))
        .cacheName("cached client")
        .build();
  }
}
