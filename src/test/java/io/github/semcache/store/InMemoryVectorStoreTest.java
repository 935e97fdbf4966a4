package io.github.semcache.store;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.nearest;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.testkit.VectorStoreContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryVectorStoreTest extends VectorStoreContract {
  private final Scope scope = Scope.none();

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return InMemoryVectorStore.builder(space).timeSource(clock).build();
  }

  private CacheEntry put(VectorStore store, String prompt, int degrees) {
    CacheEntry entry = entry(scope, prompt, "answer", now());
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, degrees))));
    return entry;
  }

  @Test
  void fullStoreEvictsTheLeastRecentlyUsedEntry() {
    VectorStore small = InMemoryVectorStore.builder(SPACE).maxEntries(2).build();
    CacheEntry first = put(small, "first", 0);
    CacheEntry second = put(small, "second", 10);
    assertThat(small.find(first.key())).isPresent();

    CacheEntry third = entry(scope, "third", "answer", now());
    int evicted = small.put(List.of(withoutExpiry(third, atAngle(DIMENSION, 20))));

    assertThat(evicted).isEqualTo(1);
    assertThat(small.find(second.key())).isEmpty();
    assertThat(small.find(first.key())).isPresent();
    assertThat(small.find(third.key())).isPresent();
  }

  @Test
  void nearestMatchCountsAsUse() {
    VectorStore small = InMemoryVectorStore.builder(SPACE).maxEntries(2).build();
    CacheEntry first = put(small, "first", 0);
    CacheEntry second = put(small, "second", 90);
    small.nearest(nearest(scope, atAngle(DIMENSION, 0), 2));
    put(small, "third", 180);

    assertThat(small.find(first.key())).isPresent();
    assertThat(small.find(second.key())).isEmpty();
  }

  @Test
  void expiredEntriesAreRemovedBeforeLiveEntriesAreEvicted() {
    VectorStore small = InMemoryVectorStore.builder(SPACE).maxEntries(2).timeSource(clock).build();
    CacheEntry live = put(small, "live", 0);
    CacheEntry expired = entry(scope, "expired", "answer", now());
    small.put(List.of(expiring(expired, atAngle(DIMENSION, 0), Duration.ofSeconds(1))));
    clock.advance(Duration.ofSeconds(1));

    CacheEntry third = entry(scope, "third", "answer", now());
    assertThat(small.put(List.of(withoutExpiry(third, atAngle(DIMENSION, 20))))).isZero();
    assertThat(small.find(live.key())).isPresent();
  }

  @Test
  void maxEntriesBelowOneIsRejected() {
    assertThatThrownBy(() -> InMemoryVectorStore.builder(SPACE).maxEntries(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxEntries is 0; it must be at least 1");
  }
}
