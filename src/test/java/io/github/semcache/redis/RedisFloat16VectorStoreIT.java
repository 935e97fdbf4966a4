package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.nearest;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisProcess;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.Entries;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** FLOAT16 vectors: recall, memory, and separation from FLOAT32 vectors. */
@EnabledIfRedis(EnabledIfRedis.Need.COMMAND)
class RedisFloat16VectorStoreIT {
  private static final int DIMENSION = 1_536;
  private static final int ENTRIES = 2_000;
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("m", DIMENSION);
  private static final Scope SCOPE = Scope.of("tenant", "acme");

  private final Random random = new Random(1);

  private static RedisVectorStore store(RedisProcess server, VectorType vectorType) {
    return RedisVectorStore.builder(RedisConnection.of(server.uri()), SPACE)
        .vectorType(vectorType)
        .build();
  }

  private static long usedMemory(UnifiedJedis jedis) {
    return jedis
        .info("memory")
        .lines()
        .filter(line -> line.startsWith("used_memory:"))
        .mapToLong(line -> Long.parseLong(line.substring("used_memory:".length())))
        .sum();
  }

  private double bytesPerEntry(VectorType vectorType, List<Embedding> embeddings) {
    try (RedisProcess server = RedisServers.start();
        UnifiedJedis jedis = RedisConnection.of(server.uri()).open();
        RedisVectorStore store = store(server, vectorType)) {
      long before = usedMemory(jedis);
      for (int i = 0; i < embeddings.size(); i++) {
        store.put(List.of(withoutExpiry(numbered(i), embeddings.get(i))));
      }
      return (double) (usedMemory(jedis) - before) / embeddings.size();
    }
  }

  private static CacheEntry numbered(int number) {
    return entry(SCOPE, "prompt " + number, "An answer. ".repeat(20), java.time.Instant.EPOCH);
  }

  private List<Embedding> embeddings() {
    List<Embedding> embeddings = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      embeddings.add(Entries.random(DIMENSION, random));
    }
    return embeddings;
  }

  @Test
  void entryNeedsAtLeast45PercentLessMemory() {
    List<Embedding> embeddings = embeddings();

    double float32 = bytesPerEntry(VectorType.FLOAT32, embeddings);
    double float16 = bytesPerEntry(VectorType.FLOAT16, embeddings);

    assertThat(float16 / float32).as("%.0f of %.0f bytes", float16, float32).isLessThan(0.55);
  }

  @Test
  void nearestEntryIsFoundAndDistancesAreCloseToThoseOfFloat32() {
    try (RedisProcess server = RedisServers.start();
        RedisVectorStore store = store(server, VectorType.FLOAT16)) {
      List<Embedding> embeddings = embeddings();
      for (int i = 0; i < ENTRIES; i++) {
        store.put(List.of(withoutExpiry(numbered(i), embeddings.get(i))));
      }
      int found = 0;
      for (int i = 0; i < ENTRIES; i++) {
        Embedding query = near(embeddings.get(i));
        var match = store.nearest(nearest(SCOPE, query, 5)).matches().get(0);
        if (match.entry().equals(numbered(i))) {
          found++;
          assertThat(match.distance())
              .isCloseTo(query.cosineDistance(embeddings.get(i)), within(1e-3));
        }
      }
      assertThat(found).isGreaterThanOrEqualTo(ENTRIES * 98 / 100);
    }
  }

  private Embedding near(Embedding embedding) {
    float[] components = embedding.toArray();
    double scale = 0.5 * embedding.norm() / Math.sqrt(DIMENSION);
    for (int i = 0; i < components.length; i++) {
      components[i] += (float) (scale * random.nextGaussian());
    }
    return Embedding.of(components);
  }

  @Test
  void typesDoNotShareEntriesButLearnedState() {
    try (RedisProcess server = RedisServers.start();
        RedisVectorStore float32 = store(server, VectorType.FLOAT32);
        RedisVectorStore float16 = store(server, VectorType.FLOAT16)) {
      CacheEntry entry = numbered(1);
      float32.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));
      float32.save("policy", new byte[] {1});

      assertThat(float16.find(entry.key())).isEmpty();
      assertThat(float16.nearest(nearest(SCOPE, atAngle(DIMENSION, 0), 5)).matches()).isEmpty();
      assertThat(float16.load("policy")).hasValue(new byte[] {1});
      assertThat(float16.indexName()).isEqualTo("sem_cache:v2:m:1536f16");
      assertThat(RedisVectorStore.caches(RedisConnection.of(server.uri())))
          .extracting(RedisVectorStore.StoredCache::vectorType)
          .containsExactly(VectorType.FLOAT32, VectorType.FLOAT16);
    }
  }

  @Test
  void hugeAndTinyVectorsAreScaled() {
    try (RedisProcess server = RedisServers.start();
        RedisVectorStore store = store(server, VectorType.FLOAT16)) {
      float[] huge = atAngle(DIMENSION, 0).toArray();
      float[] tiny = atAngle(DIMENSION, 90).toArray();
      for (int i = 0; i < DIMENSION; i++) {
        huge[i] *= 0x1p50f;
        tiny[i] *= 0x1p-50f;
      }
      store.put(List.of(withoutExpiry(numbered(1), Embedding.of(huge))));
      store.put(List.of(withoutExpiry(numbered(2), Embedding.of(tiny))));

      assertThat(store.nearest(nearest(SCOPE, Embedding.of(tiny), 2)).matches())
          .satisfiesExactly(
              match -> assertThat(match.distance()).isCloseTo(0, within(1e-3)),
              match -> assertThat(match.distance()).isCloseTo(1, within(1e-3)));
    }
  }
}
