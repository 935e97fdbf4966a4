package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.store.CacheEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Eviction and expiry of entries. */
class LuceneEvictionTest extends LuceneFixture {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void fullStoreEvictsTheLeastRecentlyUsedEntry() {
    LuceneVectorStore store = open(builder().maxEntries(3));
    CacheEntry found = put(store, "found", 0);
    CacheEntry nearest = put(store, "nearest", 90);
    CacheEntry unused = put(store, "unused", 180);
    store.flush();
    entriesNear(store, 90, 2);
    store.find(found.key());

    CacheEntry fourth = entry(SCOPE, "fourth", "answer", clock.instant());
    int evicted = store.put(List.of(withoutExpiry(fourth, atAngle(DIMENSION, 45))));

    assertThat(evicted).isEqualTo(1);
    assertThat(store.find(unused.key())).isEmpty();
    assertThat(entriesNear(store, 180, 5)).containsExactlyInAnyOrder(found, nearest, fourth);
  }

  @Test
  void updateOfAFullStoreEvictsNothingAndCountsAsUse() {
    LuceneVectorStore store = open(builder().maxEntries(2));
    CacheEntry first = put(store, "first", 0);
    CacheEntry second = put(store, "second", 90);

    CacheEntry updated =
        store
            .updateAttributes(first.key(), current -> current.attributes(Map.of("mark", "1")))
            .orElseThrow();
    assertThat(entriesNear(store, 0, 5)).containsExactly(updated, second);
    store.updateAttributes(first.key(), current -> current.attributes(Map.of("mark", "2")));

    put(store, "third", 180);
    assertThat(store.find(first.key())).isPresent();
    assertThat(store.find(second.key())).isEmpty();
  }

  @Test
  void evictedEntriesAreRemovedFromTheIndex() throws IOException {
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
  void putOfMoreEntriesThanTheMaximumKeepsTheLastOnes() {
    LuceneVectorStore store = open(builder().maxEntries(10));
    List<CacheEntry> entries =
        IntStream.range(0, 500)
            .mapToObj(i -> entry(SCOPE, "prompt " + i, "answer", clock.instant()))
            .toList();

    int evicted =
        store.put(entries.stream().map(e -> withoutExpiry(e, atAngle(DIMENSION, 0))).toList());

    assertThat(evicted).isEqualTo(490);
    assertThat(entriesNear(store, 0, 100))
        .containsExactlyInAnyOrderElementsOf(entries.subList(490, 500));
  }

  @Test
  void expiredEntriesAreRemovedBeforeLiveEntriesAreEvicted() {
    LuceneVectorStore store = open(builder().maxEntries(2));
    CacheEntry live = put(store, "live", 0);
    put(store, "expired", 10, MINUTE);
    clock.advance(MINUTE);

    CacheEntry third = entry(SCOPE, "third", "answer", clock.instant());
    assertThat(store.put(List.of(withoutExpiry(third, atAngle(DIMENSION, 20))))).isZero();
    assertThat(store.find(live.key())).isPresent();
  }

  @Test
  void manyExpiredNeighborsDoNotHideALiveEntry() {
    LuceneVectorStore store = open();
    store.put(
        IntStream.range(0, 400)
            .mapToObj(i -> entry(SCOPE, "expired " + i, "answer", clock.instant()))
            .map(entry -> expiring(entry, atAngle(DIMENSION, 0), MINUTE))
            .toList());
    CacheEntry live = put(store, "live", 60);
    store.flush();
    clock.advance(MINUTE);

    assertThat(entriesNear(store, 0, 3)).containsExactly(live);
  }

  @Test
  void expiredEntriesAreRemovedFromTheIndex() throws IOException {
    LuceneVectorStore store = open();
    store.put(
        IntStream.range(0, 100)
            .mapToObj(i -> entry(SCOPE, "prompt " + i, "answer", clock.instant()))
            .map(entry -> expiring(entry, atAngle(DIMENSION, 0), MINUTE))
            .toList());
    put(store, "live", 60);
    store.flush();
    assertThat(documents()).isEqualTo(101);
    clock.advance(MINUTE);
    store.flush();

    assertThat(documents()).isEqualTo(1);
  }

  @Test
  void entriesThatExpiredWhileTheStoreWasClosedAreRemovedFromTheIndex() throws IOException {
    LuceneVectorStore store = open();
    put(store, "expired", 0, MINUTE);
    store.flush();
    store.close();
    clock.advance(MINUTE);

    open().flush();

    assertThat(documents()).isZero();
  }
}
