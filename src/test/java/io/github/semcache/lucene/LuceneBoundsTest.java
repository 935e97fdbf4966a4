package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How entries leave a store by themselves, and what its builder accepts. */
class LuceneBoundsTest extends StoreInDirectory {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void fullStoreEvictsTheLeastRecentlyUsedEntry() {
    LuceneVectorStore store = open(builder().maxEntries(3));
    CacheEntry found = put(store, "found", 0);
    CacheEntry nearest = put(store, "nearest", 90);
    CacheEntry unused = put(store, "unused", 180);
    store.flush();
    near(store, 90, 2);
    store.find(found.key());

    CacheEntry fourth = entry(SCOPE, "fourth", "answer", time.instant());
    int evicted = store.put(List.of(withoutExpiry(fourth, atAngle(DIMENSION, 45))));

    assertThat(evicted).isEqualTo(1);
    assertThat(store.find(unused.key())).isEmpty();
    assertThat(near(store, 180, 5)).containsExactlyInAnyOrder(found, nearest, fourth);
  }

  @Test
  void evictedEntriesLeaveTheIndex() throws IOException {
    LuceneVectorStore store = open(builder().maxEntries(10));
    for (int i = 0; i < 50; i++) {
      put(store, "prompt " + i, i);
      if (i % 7 == 0) {
        store.flush();
      }
    }
    store.flush();

    assertThat(documents()).isEqualTo(10);
  }

  @Test
  void listLongerThanTheStoreLeavesItsLastEntries() {
    LuceneVectorStore store = open(builder().maxEntries(10));
    List<CacheEntry> entries =
        IntStream.range(0, 500)
            .mapToObj(i -> entry(SCOPE, "prompt " + i, "answer", time.instant()))
            .toList();

    int evicted = store.put(entries.stream().map(e -> withoutExpiry(e, atAngle(DIMENSION, 0))).toList());

    assertThat(evicted).isEqualTo(490);
    assertThat(near(store, 0, 100)).containsExactlyInAnyOrderElementsOf(entries.subList(490, 500));
  }

  @Test
  void expiredEntriesMakeRoomBeforeLivingOnesAreEvicted() {
    LuceneVectorStore store = open(builder().maxEntries(2));
    CacheEntry living = put(store, "living", 0);
    put(store, "expired", 10, MINUTE);
    time.advance(MINUTE);

    CacheEntry third = entry(SCOPE, "third", "answer", time.instant());
    assertThat(store.put(List.of(withoutExpiry(third, atAngle(DIMENSION, 20))))).isZero();
    assertThat(store.find(living.key())).isPresent();
  }

  @Test
  void manyExpiredNeighborsDoNotHideALivingOne() {
    LuceneVectorStore store = open();
    store.put(
        IntStream.range(0, 400)
            .mapToObj(i -> entry(SCOPE, "expired " + i, "answer", time.instant()))
            .map(entry -> expiring(entry, atAngle(DIMENSION, 0), MINUTE))
            .toList());
    CacheEntry living = put(store, "living", 60);
    store.flush();
    time.advance(MINUTE);

    assertThat(near(store, 0, 3)).containsExactly(living);
  }

  @Test
  void expiredEntriesLeaveTheIndex() throws IOException {
    LuceneVectorStore store = open();
    store.put(
        IntStream.range(0, 100)
            .mapToObj(i -> entry(SCOPE, "prompt " + i, "answer", time.instant()))
            .map(entry -> expiring(entry, atAngle(DIMENSION, 0), MINUTE))
            .toList());
    put(store, "living", 60);
    store.flush();
    assertThat(documents()).isEqualTo(101);
    time.advance(MINUTE);
    store.flush();

    assertThat(documents()).isEqualTo(1);
  }

  @Test
  void expiredEntriesLeaveTheIndexWhenTheStoreIsOpenedAgain() throws IOException {
    LuceneVectorStore store = open();
    put(store, "expired", 0, MINUTE);
    store.flush();
    store.close();
    time.advance(MINUTE);

    open().flush();

    assertThat(documents()).isZero();
  }

  @Test
  void optionsOutsideTheirRangeAreRejected() {
    assertThatThrownBy(() -> builder().maxEntries(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxEntries is 0; it must be at least 1");
    assertThatThrownBy(() -> builder().efSearch(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("efSearch is 0; it must be 1 to 10000");
    assertThatThrownBy(() -> builder().efSearch(10_001))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder().syncInterval(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("syncInterval is PT-0.001S; it must be zero to PT1H");
    assertThatThrownBy(() -> builder().syncInterval(Duration.ofHours(1).plusNanos(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> LuceneVectorStore.builder(directory, new EmbeddingSpace("model", 16_385)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dimension is 16385; this store takes at most 16384");
  }

  @Test
  void keyTooLongForTheIndexIsRejectedAndNothingWritten() {
    LuceneVectorStore store = open();
    CacheEntry good = entry(SCOPE, "good", "answer", time.instant());
    CacheEntry bad =
        new CacheEntry("k".repeat(1_025), "scope", "p", "a", good.attributes(), time.instant());

    assertThatThrownBy(
            () ->
                store.put(
                    List.of(
                        withoutExpiry(good, atAngle(DIMENSION, 0)), withoutExpiry(bad, atAngle(DIMENSION, 0)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key has 1025 characters; it must have at most 1024");
    assertThat(store.find(good.key())).isEmpty();
  }
}
