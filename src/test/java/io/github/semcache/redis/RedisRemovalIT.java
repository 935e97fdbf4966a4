package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testkit.Entries;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Removal of more entries than the server returns in one reply. */
@EnabledIfRedis
class RedisRemovalIT extends RedisFixture {
  private static final int MANY = 10_500;

  /** Puts entries without embeddings, because indexing embeddings takes long. */
  private void putMany(Scope scope) {
    store.put(
        IntStream.range(0, MANY)
            .mapToObj(i -> entry(scope, "p" + i, "a", Instant.now()))
            .map(entry -> new NewEntry(entry, Optional.empty(), Optional.of(Duration.ofHours(1))))
            .toList());
  }

  private CacheEntry putOther() {
    CacheEntry other = entry(Scope.none(), "other", "a", Instant.now());
    store.put(
        List.of(expiring(other, Entries.random(DIMENSION, new Random(1)), Duration.ofHours(1))));
    return other;
  }

  @Test
  void scopeWithMoreThanTenThousandEntriesIsRemoved() {
    CacheEntry other = putOther();
    putMany(SCOPE);

    assertThat(store.remove(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(MANY);
    assertThat(store.remove(new EntrySelector.All())).isEqualTo(1);
    assertThat(store.find(other.key())).isEmpty();
  }

  @Test
  void scopeIsRemovedWithoutAnIndex() {
    CacheEntry other = putOther();
    putMany(SCOPE);
    store.dropIndex(false);

    assertThat(store.remove(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(MANY);
    assertThat(store.find(other.key())).isPresent();
  }

  @Test
  void entriesThatAreNotInAnAssumedIndexAreRemoved() {
    CacheEntry other = putOther();
    CacheEntry notIndexed = put(store, "of another size", 0);
    jedis.hset(documentKey(notIndexed), "embedding", "abc");
    CacheEntry indexed = put(store, "indexed", 10);
    RedisVectorStore assuming = builder().assumeIndex().build();

    assertThat(assuming.remove(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(2);

    assertThat(assuming.find(notIndexed.key())).isEmpty();
    assertThat(assuming.find(indexed.key())).isEmpty();
    assertThat(assuming.find(other.key())).isPresent();
  }

  @Test
  void scopeIsRemovedWhileAnAssumedIndexIsBuilt() {
    putMany(SCOPE);
    store.dropIndex(false);
    builder().build();

    RedisVectorStore assuming = builder().assumeIndex().build();

    assertThat(assuming.remove(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(MANY);
  }

  @Test
  void moreThanTenThousandEntriesAreRemovedAndTheIndexRemains() {
    putMany(SCOPE);

    assertThat(removeAll(store)).isEqualTo(MANY);
    CacheEntry entry = put(builder().assumeIndex().build(), "what?", 0);
    assertThat(nearest(store)).containsExactly(entry);
  }
}
