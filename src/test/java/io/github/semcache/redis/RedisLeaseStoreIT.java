package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.LeaseStore.Lease;
import io.github.semcache.store.StoreException.CorruptEntry;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.Entries;
import io.github.semcache.testkit.LeaseStoreContract;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

@EnabledIfRedis
class RedisLeaseStoreIT extends LeaseStoreContract {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);
  private static final CacheEntry ENTRY =
      entry(Scope.of("tenant", "acme"), "what?", "answer", Instant.ofEpochMilli(1_000));

  private final String cacheName = "test-" + UUID.randomUUID();

  RedisConnection connection() {
    return RedisConnection.of(RedisServers.uri());
  }

  @Override
  protected RedisVectorStore open(EmbeddingSpace space) {
    return RedisVectorStore.builder(connection(), space).cacheName(cacheName).build();
  }

  @Override
  protected void close(VectorStore opened) {
    ((RedisVectorStore) opened).dropIndex(true);
    opened.close();
  }

  private String leaseKey() {
    return cacheName + ":lease:{" + documentKey() + "}";
  }

  private String documentKey() {
    return cacheName + ":v2:test-model:4:" + ENTRY.key();
  }

  private static Optional<Lease> claim(RedisVectorStore store) {
    return store
        .leases()
        .orElseThrow()
        .claim(ENTRY.key(), Set.of(), Optional.empty(), Duration.ofMinutes(1))
        .lease();
  }

  @Test
  void leaseIsSharedAndExpiresOnTheServer() {
    try (RedisVectorStore one = open(SPACE);
        RedisVectorStore other = open(SPACE);
        UnifiedJedis jedis = connection().open()) {
      Lease lease = claim(one).orElseThrow();

      assertThat(claim(other)).isEmpty();
      assertThat(other.leases().orElseThrow().isHeld(ENTRY.key())).isTrue();
      assertThat(jedis.pttl(leaseKey())).isBetween(50_000L, 60_000L);
      assertThat(one.leases().orElseThrow().put(withoutExpiry(ENTRY, atAngle(4, 0)), lease))
          .isTrue();
      assertThat(jedis.exists(leaseKey())).isFalse();
      assertThat(other.find(ENTRY.key())).contains(ENTRY);
    }
  }

  @Test
  void leasesAreNeitherListedNorRemovedWithTheEntries() {
    try (RedisVectorStore store = open(SPACE)) {
      claim(store);

      assertThat(store.entries()).isEmpty();
      store.dropIndex(true);

      assertThat(store.leases().orElseThrow().isHeld(ENTRY.key())).isTrue();
    }
  }

  @Test
  void corruptEntryGrantsNoLeaseAndIsReplacedByAnEarlierOne() {
    try (RedisVectorStore store = open(SPACE);
        UnifiedJedis jedis = connection().open()) {
      Lease lease = claim(store).orElseThrow();
      store.leases().orElseThrow().release(lease);
      jedis.hset(documentKey(), "answer", "without the other fields");

      assertThatThrownBy(() -> claim(store)).isInstanceOf(CorruptEntry.class);
      assertThat(jedis.exists(leaseKey())).isFalse();

      jedis.del(documentKey());
      jedis.set(documentKey(), "not a hash");
      assertThatThrownBy(() -> claim(store)).isInstanceOf(CorruptEntry.class);
      assertThat(jedis.exists(leaseKey())).isFalse();
      assertThat(store.leases().orElseThrow().put(withoutExpiry(ENTRY, atAngle(4, 0)), lease))
          .isTrue();
      assertThat(store.find(ENTRY.key())).contains(ENTRY);
    }
  }

  @Test
  void entryWrittenUnderALeaseIsReplacedByOneWithoutEmbedding() {
    try (RedisVectorStore store = open(SPACE)) {
      store
          .leases()
          .orElseThrow()
          .put(withoutExpiry(ENTRY, atAngle(4, 0)), claim(store).orElseThrow());
      store.put(List.of(new NewEntry(ENTRY, Optional.empty(), Optional.empty())));

      assertThat(
              store
                  .nearest(Entries.nearest(Scope.of("tenant", "acme"), atAngle(4, 0), 1))
                  .matches())
          .isEmpty();
    }
  }
}
