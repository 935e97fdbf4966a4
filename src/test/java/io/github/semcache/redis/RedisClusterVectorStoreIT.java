package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.nearest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;

@EnabledIfRedis(EnabledIfRedis.Need.CLUSTER)
class RedisClusterVectorStoreIT extends RedisVectorStoreIT {
  private static RedisClusterClient cluster;

  @BeforeAll
  static void connect() {
    URI seed = RedisServers.cluster();
    cluster =
        RedisClusterClient.builder()
            .nodes(Set.of(new HostAndPort(seed.getHost(), seed.getPort())))
            .build();
  }

  @AfterAll
  static void disconnect() {
    cluster.close();
  }

  @Override
  RedisVectorStore.Builder builder(EmbeddingSpace space) {
    return RedisVectorStore.builder(cluster, space);
  }

  @Test
  void batchIsWrittenToAllNodesAndFoundAndRemoved() {
    Scope scope = Scope.of("tenant", "spread");
    List<CacheEntry> entries =
        IntStream.range(0, 300).mapToObj(i -> entry(scope, "p" + i, "a" + i, now())).toList();

    store.put(
        entries.stream()
            .map(entry -> expiring(entry, atAngle(DIMENSION, 10), Duration.ofMinutes(1)))
            .toList());

    assertThat(entries).allSatisfy(entry -> assertThat(store.find(entry.key())).contains(entry));
    assertThat(store.nearest(nearest(scope, atAngle(DIMENSION, 10), 300)).matches()).hasSize(300);
    assertThat(store.remove(new EntrySelector.All())).isEqualTo(300);
  }

  @Test
  void droppedIndexIsCreatedAgain() {
    Scope scope = Scope.of("tenant", "dropped");
    CacheEntry entry = entry(scope, "what?", "answer", now());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), Duration.ofMinutes(1))));
    ((RedisVectorStore) store).dropIndex(false);

    assertThat(store.find(entry.key())).contains(entry);
    await()
        .untilAsserted(
            () ->
                assertThat(store.nearest(nearest(scope, atAngle(DIMENSION, 0), 5)).matches())
                    .hasSize(1));
  }

  @Test
  void indexWithDifferentParametersIsRejected() {
    RedisVectorStore.Builder first = builder(SPACE).cacheName("conflict");
    RedisVectorStore made = first.build();
    try {
      assertThatThrownBy(
              () ->
                  builder(SPACE).cacheName("conflict").vectorIndex(VectorIndex.hnsw().m(8)).build())
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("m of embedding is 16, expected 8");
    } finally {
      made.dropIndex(true);
    }
  }
}
