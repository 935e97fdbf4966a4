package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingCache;
import io.github.semcache.testing.EnabledIfRedis;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Embeddings that are shared through Redis. */
@EnabledIfRedis
class RedisEmbeddingsIT extends RedisFixture {
  private static final String KEY = "0".repeat(63);

  @Test
  void storedEmbeddingsAreFoundUntilTheyExpire() throws Exception {
    EmbeddingCache.Shared tier = store.embeddings();
    Embedding first = atAngle(DIMENSION, 10);
    Embedding second = atAngle(DIMENSION, 20);
    tier.putAll(Map.of(KEY + "1", first, KEY + "2", second), Duration.ofMinutes(1));
    tier.putAll(Map.of(KEY + "3", first), Duration.ofMillis(50));
    tier.putAll(Map.of(), Duration.ofMinutes(1));

    assertThat(store.embeddings().findAll(Set.of(KEY + "1", KEY + "2", KEY + "4")))
        .isEqualTo(Map.of(KEY + "1", first, KEY + "2", second));
    Thread.sleep(100);
    assertThat(tier.findAll(Set.of(KEY + "3"))).isEmpty();
    assertThat(tier.findAll(Set.of())).isEmpty();
    assertThat(store.entries()).isEmpty();
  }
}
