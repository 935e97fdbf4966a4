package io.github.semcache.encryption;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.VectorStoreContract;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

@EnabledIfRedis
class EncryptedRedisStoreIT extends VectorStoreContract {
  @Override
  protected VectorStore open(EmbeddingSpace space) {
    VectorStore opened =
        StoreEncryption.of(TestKeys.first())
            .encrypt(
                RedisVectorStore.builder(RedisConnection.of(RedisServers.uri()), space)
                    .cacheName("encrypted contract")
                    .build());
    opened.remove(new EntrySelector.All());
    return opened;
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
