package io.github.semcache.store;

import static io.github.semcache.testing.Entries.atAngle;
import static io.github.semcache.testing.Entries.entry;
import static io.github.semcache.testing.Entries.expiring;
import static io.github.semcache.testing.Entries.forEver;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.testing.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store that can be listed promises. */
public abstract class EntryListingContract<S extends VectorStore & EntryListing> {
  private static final int DIMENSION = 8;
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);

  protected final FakeTime time = FakeTime.atStartOf2026();
  private S store;

  /** An empty store that goes by {@link #time}. */
  protected abstract S open(EmbeddingSpace space) throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open(SPACE);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private List<ListedEntry> list() {
    try (Stream<ListedEntry> entries = store.entries()) {
      return entries.toList();
    }
  }

  @Test
  void emptyStoreListsNothing() {
    assertThat(list()).isEmpty();
  }

  @Test
  void everyLivingEntryIsListedWholeWithItsExpiry() {
    CacheEntry kept = entry(Scope.none(), "kept", "an answer", time.instant());
    CacheEntry leaving = entry(Scope.of("tenant", "acme"), "leaving", "another", time.instant());
    CacheEntry gone = entry(Scope.none(), "gone", "a third", time.instant());
    store.put(List.of(forEver(kept, atAngle(DIMENSION, 0))));
    store.put(List.of(expiring(leaving, atAngle(DIMENSION, 1), Duration.ofMinutes(2))));
    store.put(List.of(expiring(gone, atAngle(DIMENSION, 2), Duration.ofSeconds(1))));
    time.advance(Duration.ofMinutes(1));

    assertThat(list())
        .containsExactlyInAnyOrder(
            new ListedEntry(kept, Optional.empty()),
            new ListedEntry(leaving, Optional.of(time.instant().plus(Duration.ofMinutes(1)))));
  }

  @Test
  void entryWithoutEmbeddingIsListed() {
    CacheEntry entry = entry(Scope.none(), "a", "an answer", time.instant());
    store.put(List.of(new Insertion(entry, Optional.empty(), Optional.empty())));

    assertThat(list()).extracting(ListedEntry::entry).containsExactly(entry);
  }

  @Test
  void removedEntriesAreNotListed() {
    CacheEntry entry = entry(Scope.none(), "a", "an answer", time.instant());
    store.put(List.of(forEver(entry, atAngle(DIMENSION, 0))));
    store.remove(new Selection.ByKey(entry.key()));

    assertThat(list()).isEmpty();
  }

  @Test
  void manyEntriesAreListedOnceEach() {
    List<CacheEntry> entries =
        IntStream.range(0, 500)
            .mapToObj(i -> entry(Scope.of("n", "" + i % 3), "prompt " + i, "a", time.instant()))
            .toList();
    entries.forEach(entry -> store.put(List.of(forEver(entry, atAngle(DIMENSION, 0)))));

    assertThat(list()).extracting(ListedEntry::entry).containsExactlyInAnyOrderElementsOf(entries);
  }

  @Test
  void entriesMayBeRemovedWhileTheyAreListed() {
    for (int i = 0; i < 20; i++) {
      CacheEntry entry = entry(Scope.none(), "prompt " + i, "a", time.instant());
      store.put(List.of(forEver(entry, atAngle(DIMENSION, i))));
    }
    try (Stream<ListedEntry> entries = store.entries()) {
      entries.forEach(listed -> store.remove(new Selection.ByKey(listed.entry().key())));
    }

    assertThat(list()).isEmpty();
  }
}
