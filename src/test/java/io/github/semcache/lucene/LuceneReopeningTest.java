package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.nearest;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each is tested with changes that are in the log alone, and with changes that are in the index.
 */
class LuceneReopeningTest extends StoreInDirectory {
  private LuceneVectorStore reopen(LuceneVectorStore store, boolean indexed) {
    if (indexed) {
      store.flush();
    }
    store.close();
    return open();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void entriesAreThereAfterReopening(boolean indexed) {
    LuceneVectorStore store = open();
    CacheEntry first = put(store, "first", 0);
    CacheEntry second = put(store, "second", 30);
    NearestQuery query = nearest(SCOPE, atAngle(DIMENSION, 10), 5);
    NearestEntries before = store.nearest(query);

    LuceneVectorStore reopened = reopen(store, indexed);

    assertThat(reopened.find(first.key())).contains(first);
    assertThat(reopened.find(second.key())).contains(second);
    assertThat(reopened.nearest(query)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void entryWithoutEmbeddingIsThereAfterReopening(boolean indexed) {
    LuceneVectorStore store = open();
    CacheEntry entry = entry(SCOPE, "what?", "answer", time.instant());
    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.empty())));

    LuceneVectorStore reopened = reopen(store, indexed);

    assertThat(reopened.find(entry.key())).contains(entry);
    assertThat(near(reopened, 0, 5)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lastVersionOfAnEntryIsTheOneThatIsThereAfterReopening(boolean indexed) {
    LuceneVectorStore store = open();
    put(store, "what?", 0);
    if (indexed) {
      store.flush();
    }
    CacheEntry young = entry(SCOPE, "what?", "young", time.instant());
    store.put(List.of(withoutExpiry(young, atAngle(DIMENSION, 40))));

    LuceneVectorStore reopened = reopen(store, indexed);

    assertThat(reopened.find(young.key())).contains(young);
    assertThat(near(reopened, 40, 5)).containsExactly(young);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void removedEntriesDoNotComeBackWithReopening(boolean indexed) {
    LuceneVectorStore store = open();
    CacheEntry byKey = put(store, "by key", 0);
    CacheEntry kept = put(store, "kept", 10);
    Scope other = Scope.of("tenant", "other");
    CacheEntry byScope = entry(other, "by scope", "answer", time.instant());
    store.put(List.of(withoutExpiry(byScope, atAngle(DIMENSION, 0))));
    if (indexed) {
      store.flush();
    }
    store.remove(new EntrySelector.ByKey(byKey.key()));
    store.remove(new EntrySelector.ByScope(other.hash()));

    LuceneVectorStore reopened = reopen(store, indexed);

    assertThat(reopened.find(byKey.key())).isEmpty();
    assertThat(reopened.find(byScope.key())).isEmpty();
    assertThat(near(reopened, 0, 5)).containsExactly(kept);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsLeftAfterRemovalOfAllAndReopening(boolean indexed) {
    LuceneVectorStore store = open();
    put(store, "gone", 0);
    if (indexed) {
      store.flush();
    }
    store.remove(new EntrySelector.All());
    CacheEntry later = put(store, "later", 20);

    LuceneVectorStore reopened = reopen(store, indexed);

    assertThat(near(reopened, 0, 5)).containsExactly(later);
    assertThat(reopened.remove(new EntrySelector.All())).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void timeToLiveGoesOnWhileTheStoreIsClosed(boolean indexed) {
    LuceneVectorStore store = open();
    CacheEntry expired = put(store, "expired", 0, Duration.ofSeconds(10));
    CacheEntry living = put(store, "living", 10, Duration.ofSeconds(11));
    time.advance(Duration.ofSeconds(9));
    reopen(store, indexed).close();
    time.advance(Duration.ofSeconds(1));

    LuceneVectorStore reopened = open();

    assertThat(reopened.find(expired.key())).isEmpty();
    assertThat(near(reopened, 0, 5)).containsExactly(living);
  }

  @Test
  void changesSurviveManyReopenings() throws IOException {
    for (int i = 0; i < 30; i++) {
      LuceneVectorStore store = open();
      put(store, "prompt " + i, i);
      put(store, "the same", i);
      store.close();
    }

    LuceneVectorStore store = open();

    assertThat(near(store, 29, 100)).hasSize(31);
    store.flush();
    assertThat(near(store, 29, 100)).hasSize(31);
    assertThat(logFiles()).isEqualTo(1);
  }

  @Test
  void changesThatAreInTheIndexLeaveTheLog() throws IOException {
    LuceneVectorStore store = open();
    put(store, "what?", 0);
    assertThat(bytesOfLog()).isGreaterThan(200);
    store.flush();

    assertThat(logFiles()).isEqualTo(1);
    assertThat(bytesOfLog()).isLessThan(100);
  }

  private long logFiles() throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(directory.resolve("log"))) {
      return files.count();
    }
  }

  private long bytesOfLog() throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(directory.resolve("log"))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void leastRecentlyWrittenEntryGoesFirstAfterReopening() {
    LuceneVectorStore store = open();
    CacheEntry first = put(store, "first", 0);
    CacheEntry second = put(store, "second", 10);
    store.flush();
    CacheEntry third = put(store, "third", 20);
    store.close();

    LuceneVectorStore smaller = open(builder().maxEntries(2));

    assertThat(smaller.find(first.key())).isEmpty();
    assertThat(near(smaller, 0, 5)).containsExactly(second, third);
  }

  @Test
  void evictedEntryDoesNotComeBackWithReopening() {
    LuceneVectorStore store = open(builder().maxEntries(2));
    CacheEntry used = put(store, "used", 0);
    CacheEntry evicted = put(store, "evicted", 10);
    store.find(used.key());
    put(store, "third", 20);
    store.close();

    LuceneVectorStore larger = open();

    assertThat(larger.find(evicted.key())).isEmpty();
    assertThat(larger.find(used.key())).contains(used);
  }
}
