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
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testkit.VectorStoreContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

  private VectorStore ofBytes(long maxBytes) {
    return InMemoryVectorStore.builder(SPACE).maxBytes(maxBytes).build();
  }

  private NewEntry withAnswer(String prompt, int length) {
    CacheEntry entry = entry(scope, prompt, "a".repeat(length), now());
    return withoutExpiry(entry, atAngle(DIMENSION, 0));
  }

  private static String key(NewEntry newEntry) {
    return newEntry.entry().key();
  }

  @Test
  void leastRecentlyUsedEntriesAreEvictedWhenTheMemoryIsFull() {
    VectorStore store = ofBytes(50_000);
    NewEntry first = withAnswer("first", 20_000);
    NewEntry second = withAnswer("second", 20_000);
    store.put(List.of(first, second));
    assertThat(store.find(key(first))).isPresent();

    assertThat(store.put(List.of(withAnswer("third", 20_000)))).isEqualTo(1);
    assertThat(store.find(key(second))).isEmpty();
    assertThat(store.find(key(first))).isPresent();
  }

  @Test
  void charactersOutsideLatin1TakeTwoBytes() {
    VectorStore store = ofBytes(50_000);
    for (String prompt : List.of("first", "second")) {
      CacheEntry entry = entry(scope, prompt, "語".repeat(20_000), now());
      store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));
    }

    assertThat(store.count(new EntrySelector.All())).isEqualTo(1);
  }

  @Test
  void attributesCountAsMemory() {
    VectorStore store = ofBytes(50_000);
    store.put(List.of(withAnswer("first", 20_000), withAnswer("second", 20_000)));
    String key = key(withAnswer("second", 20_000));

    store.updateAttributes(key, entry -> entry.attributes(Map.of("note", "n".repeat(20_000))));

    assertThat(store.count(new EntrySelector.All())).isEqualTo(1);
    assertThat(store.find(key)).isPresent();
  }

  @Test
  void entryThatExceedsTheMemoryIsEvictedAndOthersAreNot() {
    VectorStore store = ofBytes(50_000);
    store.put(List.of(withAnswer("small", 10), withAnswer("large", 10)));

    assertThat(store.put(List.of(withAnswer("large", 60_000)))).isEqualTo(1);
    assertThat(store.find(key(withAnswer("large", 0)))).isEmpty();
    assertThat(store.find(key(withAnswer("small", 0)))).isPresent();
  }

  @Test
  void entryThatGrowsBeyondTheMemoryIsEvictedAndOthersAreNot() {
    VectorStore store = ofBytes(50_000);
    store.put(List.of(withAnswer("small", 10), withAnswer("large", 10)));

    store.updateEntry(
        key(withAnswer("large", 0)),
        entry -> entry.withAnswer("a".repeat(60_000), Map.of(), now()));

    assertThat(store.find(key(withAnswer("large", 0)))).isEmpty();
    assertThat(store.find(key(withAnswer("small", 0)))).isPresent();
  }

  @Test
  void removedEntriesAndScopesFreeTheirMemory() {
    VectorStore store = ofBytes(50_000);
    for (int i = 0; i < 100; i++) {
      CacheEntry entry = entry(Scope.of("user", "u" + i), "prompt " + i, "a".repeat(20_000), now());
      store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, i))));
      store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, i))));
      store.remove(new EntrySelector.ByScope(entry.scope()));
    }

    assertThat(store.put(List.of(withAnswer("first", 20_000), withAnswer("second", 20_000))))
        .isZero();
  }

  @Test
  void maxBytesBelowOneIsRejected() {
    assertThatThrownBy(() -> InMemoryVectorStore.builder(SPACE).maxBytes(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxBytes is 0; it must be at least 1");
  }
}
