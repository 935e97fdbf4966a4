package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.Entries;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.UnifiedJedis;

/** Provides a client of a real server and a store with a unique cache name. */
abstract class RedisFixture {
  static final int DIMENSION = 4;
  static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);
  static final Scope SCOPE = Scope.of("tenant", "acme");
  static final NearestQuery QUERY = Entries.nearest(SCOPE, atAngle(DIMENSION, 0), 5);

  final String cacheName = "test-" + UUID.randomUUID();
  UnifiedJedis jedis;
  RedisVectorStore store;

  /** Returns the URI of the server. */
  URI server() {
    return RedisServers.uri();
  }

  /** Returns the connection settings of the client. */
  RedisConnection connection() {
    return RedisConnection.of(server());
  }

  @BeforeEach
  void openStore() {
    jedis = connection().open();
    store = builder().build();
  }

  @AfterEach
  void dropIndex() {
    RedisVectorStore last = builder().assumeIndex().build();
    last.dropIndex(true);
    jedis.close();
  }

  RedisVectorStore.Builder builder() {
    return RedisVectorStore.builder(jedis, SPACE).cacheName(cacheName);
  }

  static CacheEntry put(VectorStore store, String prompt, double degrees) {
    CacheEntry entry = entry(SCOPE, prompt, "answer to " + prompt, Instant.ofEpochMilli(1_000));
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, degrees))));
    return entry;
  }

  static List<CacheEntry> nearest(VectorStore store) {
    return store.nearest(QUERY).matches().stream().map(match -> match.entry()).toList();
  }

  static long removeAll(VectorStore store) {
    return store.remove(new EntrySelector.All());
  }

  /** Asserts that every operation of an empty store succeeds, and drops its index. */
  static void assertAllOperationsSucceed(RedisVectorStore store) {
    CacheEntry entry = put(store, "what?", 0);
    assertThat(store.find(entry.key())).contains(entry);
    assertThat(nearest(store)).containsExactly(entry);
    assertThat(store.updateAttributes(entry.key(), old -> old.group("g"))).isPresent();
    assertThat(store.entries()).hasSize(1);
    store.save("policy", new byte[] {1});
    assertThat(store.load("policy")).hasValue(new byte[] {1});
    String prices = Scope.dependencyTerm("prices");
    store.renewVersion(prices);
    assertThat(store.findWithVersions(entry.key(), Set.of(prices)).entry()).isPresent();
    assertThat(store.versions(Set.of(Scope.dependencyTerm("terms")))).hasSize(1);
    assertLeaseOperationsSucceed(store, entry);
    assertThat(store.count(EntrySelector.entry(entry.key()))).isEqualTo(1);
    assertThat(store.count(new EntrySelector.All())).isEqualTo(1);
    assertThat(store.count(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(1);
    assertThat(store.remove(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(1);
    assertThat(removeAll(store)).isZero();
    store.dropIndex(true);
  }

  private static void assertLeaseOperationsSucceed(RedisVectorStore store, CacheEntry entry) {
    LeaseStore leases = store.leases().orElseThrow();
    Optional<Instant> known = Optional.of(entry.createdAt());
    for (NewEntry written :
        List.of(
            new NewEntry(entry, Optional.empty(), Optional.of(Duration.ofMinutes(1))),
            withoutExpiry(entry, atAngle(DIMENSION, 0)))) {
      LeaseStore.Claim released = leases.claim(entry.key(), Set.of(), known, Duration.ofMinutes(1));
      leases.release(released.lease().orElseThrow());
      LeaseStore.Claim claim = leases.claim(entry.key(), Set.of(), known, Duration.ofMinutes(1));
      assertThat(leases.isHeld(entry.key())).isTrue();
      assertThat(leases.put(written, claim.lease().orElseThrow())).isTrue();
    }
  }

  String documentKey(CacheEntry entry) {
    return store.indexName() + ":" + entry.key();
  }
}
