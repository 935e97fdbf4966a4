package io.github.semcache.redis;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.VectorStoreContract;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Runs the contract with RESP2 and HNSW; subclasses run it with other options. */
@EnabledIfRedis
class RedisVectorStoreIT extends VectorStoreContract {

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    RedisVectorStore opened = builder(space).cacheName("contract " + getClass()).build();
    opened.remove(new EntrySelector.All());
    return opened;
  }

  RedisVectorStore.Builder builder(EmbeddingSpace space) {
    return RedisVectorStore.builder(RedisConnection.of(RedisServers.uri() + "?protocol=2"), space);
  }

  @Override
  protected Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  protected Duration shortTimeToLive() {
    return Duration.ofMillis(50);
  }

  @Override
  protected void advanceTime(Duration duration) throws InterruptedException {
    // The server uses the system clock.
    Thread.sleep(duration.toMillis() + 5);
  }
}
