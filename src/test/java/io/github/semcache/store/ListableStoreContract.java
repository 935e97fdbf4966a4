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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store that can be listed promises. */
public abstract class ListableStoreContract<S extends VectorStore & ListableStore> {
  private static final int DIMENSION = 8;
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);

  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofMinutes(10);

  protected final FakeTime time = FakeTime.atStartOf2026();
  private S store;

  /** An empty store that goes by the clock of {@link #now}. */
  protected abstract S open(EmbeddingSpace space) throws Exception;

  /** Removes what the test has made, and closes the store. */
  protected void close(S opened) {
    opened.close();
  }

  /** The store's clock. */
  protected Instant now() {
    return time.instant();
  }

  /** Moves the store's clock on. */
  protected void letPass(Duration duration) throws InterruptedException {
    time.advance(duration);
  }

  /** How far from the store's clock a listed time may be. */
  protected Duration clockTolerance() {
    return Duration.ZERO;
  }

  @BeforeEach
  void openStore() throws Exception {
    store = open(SPACE);
  }

  @AfterEach
  void closeStore() {
    close(store);
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
  void everyLivingEntryIsListedWholeWithItsExpiry() throws Exception {
    CacheEntry kept = entry(Scope.none(), "kept", "an answer", now());
    CacheEntry leaving = entry(Scope.of("tenant", "acme"), "leaving", "another", now());
    CacheEntry gone = entry(Scope.none(), "gone", "a third", now());
    store.put(List.of(forEver(kept, atAngle(DIMENSION, 0))));
    store.put(List.of(expiring(leaving, atAngle(DIMENSION, 1), LONG)));
    store.put(List.of(expiring(gone, atAngle(DIMENSION, 2), SHORT)));
    letPass(SHORT);

    Map<CacheEntry, Optional<Instant>> listed =
        list().stream().collect(Collectors.toMap(ListedEntry::entry, ListedEntry::expiresAt));
    assertThat(listed).containsOnlyKeys(kept, leaving).containsEntry(kept, Optional.empty());
    Instant expected = leaving.createdAt().plus(LONG);
    assertThat(listed.getOrDefault(leaving, Optional.empty()).orElseThrow())
        .isBetween(expected.minus(clockTolerance()), expected.plus(clockTolerance()));
  }

  @Test
  void entryWithoutEmbeddingIsListed() {
    CacheEntry entry = entry(Scope.none(), "a", "an answer", now());
    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.empty())));

    assertThat(list()).extracting(ListedEntry::entry).containsExactly(entry);
  }

  @Test
  void removedEntriesAreNotListed() {
    CacheEntry entry = entry(Scope.none(), "a", "an answer", now());
    store.put(List.of(forEver(entry, atAngle(DIMENSION, 0))));
    store.remove(new EntrySelector.ByKey(entry.key()));

    assertThat(list()).isEmpty();
  }

  @Test
  void manyEntriesAreListedOnceEach() {
    List<CacheEntry> entries =
        IntStream.range(0, 500)
            .mapToObj(i -> entry(Scope.of("n", "" + i % 3), "prompt " + i, "a", now()))
            .toList();
    store.put(entries.stream().map(entry -> forEver(entry, atAngle(DIMENSION, 0))).toList());

    assertThat(list()).extracting(ListedEntry::entry).containsExactlyInAnyOrderElementsOf(entries);
  }

  @Test
  void entriesMayBeRemovedWhileTheyAreListed() {
    for (int i = 0; i < 20; i++) {
      CacheEntry entry = entry(Scope.none(), "prompt " + i, "a", now());
      store.put(List.of(forEver(entry, atAngle(DIMENSION, i))));
    }
    try (Stream<ListedEntry> entries = store.entries()) {
      entries.forEach(listed -> store.remove(new EntrySelector.ByKey(listed.entry().key())));
    }

    assertThat(list()).isEmpty();
  }
}
