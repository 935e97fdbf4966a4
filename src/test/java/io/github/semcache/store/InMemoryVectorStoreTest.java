package io.github.semcache.store;

import static io.github.semcache.testing.Entries.atAngle;
import static io.github.semcache.testing.Entries.entry;
import static io.github.semcache.testing.Entries.expiring;
import static io.github.semcache.testing.Entries.forEver;
import static io.github.semcache.testing.Entries.nearest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryVectorStoreTest extends VectorStoreContract {
  private final FakeTime time = FakeTime.atStartOf2026();
  private final Scope scope = Scope.none();

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return InMemoryVectorStore.builder(space).timeSource(time).build();
  }

  @Override
  protected Instant now() {
    return time.instant();
  }

  @Override
  protected Duration shortTimeToLive() {
    return Duration.ofSeconds(1);
  }

  @Override
  protected void letPass(Duration duration) {
    time.advance(duration);
  }

  private CacheEntry put(VectorStore store, String prompt, int degrees) {
    CacheEntry entry = entry(scope, prompt, "answer", now());
    store.put(List.of(forEver(entry, atAngle(DIMENSION, degrees))));
    return entry;
  }

  @Test
  void fullStoreEvictsTheLeastRecentlyUsedEntry() {
    VectorStore small = InMemoryVectorStore.builder(SPACE).maxEntries(2).build();
    CacheEntry first = put(small, "first", 0);
    CacheEntry second = put(small, "second", 10);
    assertThat(small.find(first.key())).isPresent();

    CacheEntry third = entry(scope, "third", "answer", now());
    int evicted = small.put(List.of(forEver(third, atAngle(DIMENSION, 20))));

    assertThat(evicted).isEqualTo(1);
    assertThat(small.find(second.key())).isEmpty();
    assertThat(small.find(first.key())).isPresent();
    assertThat(small.find(third.key())).isPresent();
  }

  @Test
  void beingNearestCountsAsUse() {
    VectorStore small = InMemoryVectorStore.builder(SPACE).maxEntries(2).build();
    CacheEntry first = put(small, "first", 0);
    CacheEntry second = put(small, "second", 90);
    small.nearest(nearest(scope, atAngle(DIMENSION, 0), 2));
    put(small, "third", 180);

    assertThat(small.find(first.key())).isPresent();
    assertThat(small.find(second.key())).isEmpty();
  }

  @Test
  void expiredEntriesMakeRoomBeforeLivingOnesAreEvicted() {
    VectorStore small = InMemoryVectorStore.builder(SPACE).maxEntries(2).timeSource(time).build();
    CacheEntry living = put(small, "living", 0);
    CacheEntry expired = entry(scope, "expired", "answer", now());
    small.put(List.of(expiring(expired, atAngle(DIMENSION, 0), Duration.ofSeconds(1))));
    time.advance(Duration.ofSeconds(1));

    CacheEntry third = entry(scope, "third", "answer", now());
    assertThat(small.put(List.of(forEver(third, atAngle(DIMENSION, 20))))).isZero();
    assertThat(small.find(living.key())).isPresent();
  }

  @Test
  void maxEntriesBelowOneIsRejected() {
    assertThatThrownBy(() -> InMemoryVectorStore.builder(SPACE).maxEntries(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxEntries is 0; it must be at least 1");
  }
}
