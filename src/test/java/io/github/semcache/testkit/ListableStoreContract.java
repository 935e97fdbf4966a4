package io.github.semcache.testkit;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link VectorStore.Listable}. A subclass opens the store under test with {@link
 * #clock}. A store with a clock of its own overrides {@link #now()}, {@link #advanceTime}, and
 * {@link #clockTolerance()}.
 *
 * @param <S> the type of the store
 */
public abstract class ListableStoreContract<S extends VectorStore & VectorStore.Listable> {
  private static final int DIMENSION = 8;
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);

  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofMinutes(10);

  /** The clock of a store that takes one. */
  protected final FakeClock clock = new FakeClock();

  private S store;

  /** For subclasses. */
  protected ListableStoreContract() {}

  /**
   * Opens an empty store that holds at least 1,000 entries.
   *
   * @param space the vector space
   * @return the store; the contract passes it to {@link #close} after the test
   * @throws Exception if the store cannot be opened; the test fails
   */
  protected abstract S open(EmbeddingSpace space) throws Exception;

  /**
   * Removes the data of the test and closes the store.
   *
   * @param opened the store
   */
  protected void close(S opened) {
    opened.close();
  }

  /**
   * Returns the current time of the store's clock.
   *
   * @return the time, in whole milliseconds
   */
  protected Instant now() {
    return clock.instant();
  }

  /**
   * Advances the store's clock. A store with a clock of its own sleeps instead.
   *
   * @param duration the duration
   * @throws InterruptedException if the thread is interrupted while it sleeps; the test fails
   */
  protected void advanceTime(Duration duration) throws InterruptedException {
    clock.advance(duration);
  }

  /**
   * Returns how far a listed time may be from the expected one.
   *
   * @return the tolerance, zero unless overridden
   */
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
  void liveEntriesAreListedWithTheirExpiry() throws Exception {
    CacheEntry permanent = entry(Scope.none(), "permanent", "an answer", now());
    CacheEntry live = entry(Scope.of("tenant", "acme"), "live", "another", now());
    CacheEntry expired = entry(Scope.none(), "expired", "a third", now());
    store.put(List.of(withoutExpiry(permanent, atAngle(DIMENSION, 0))));
    store.put(List.of(expiring(live, atAngle(DIMENSION, 1), LONG)));
    store.put(List.of(expiring(expired, atAngle(DIMENSION, 2), SHORT)));
    advanceTime(SHORT);

    Map<CacheEntry, Optional<Instant>> listed =
        list().stream().collect(Collectors.toMap(ListedEntry::entry, ListedEntry::expiresAt));
    assertThat(listed).containsOnlyKeys(permanent, live);
    assertThat(listed).containsEntry(permanent, Optional.empty());
    Instant expected = live.createdAt().plus(LONG);
    assertThat(listed.getOrDefault(live, Optional.empty()).orElseThrow())
        .isBetween(expected.minus(clockTolerance()), expected.plus(clockTolerance()));
  }

  @Test
  void entriesAreListedWithTheirTerms() {
    CacheEntry entry = entry(Scope.none(), "a", "an answer", now());
    Set<String> terms = Scope.of("tenant", "acme").terms();
    store.put(
        List.of(new NewEntry(entry, Optional.of(atAngle(DIMENSION, 0)), Optional.of(LONG), terms)));
    store.put(List.of(withoutExpiry(entry(Scope.none(), "b", "b", now()), atAngle(DIMENSION, 1))));

    assertThat(list())
        .extracting(ListedEntry::terms)
        .containsExactlyInAnyOrder(Optional.of(terms), Optional.of(Set.of()));
  }

  @Test
  void changedEntryIsListedWithItsTerms() {
    CacheEntry entry = entry(Scope.none(), "a", "an answer", now());
    Set<String> terms = Scope.of("tenant", "acme").terms();
    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.of(LONG), terms)));
    store.updateEntry(
        entry.key(),
        current -> current.withAnswer("another", Map.of("mark", "1"), current.createdAt()));

    assertThat(list())
        .singleElement()
        .satisfies(
            listed -> {
              assertThat(listed.entry().answer()).isEqualTo("another");
              assertThat(listed.terms()).contains(terms);
            });
  }

  @Test
  void entriesWithGivenKeysAreListed() throws Exception {
    CacheEntry live = entry(Scope.of("tenant", "acme"), "live", "an answer", now());
    CacheEntry other = entry(Scope.none(), "other", "another", now());
    CacheEntry expired = entry(Scope.none(), "expired", "a third", now());
    Set<String> terms = Scope.of("tenant", "acme").terms();
    store.put(
        List.of(
            new NewEntry(live, Optional.of(atAngle(DIMENSION, 0)), Optional.of(LONG), terms),
            withoutExpiry(other, atAngle(DIMENSION, 1)),
            expiring(expired, atAngle(DIMENSION, 2), SHORT)));
    advanceTime(SHORT);

    List<ListedEntry> listed = store.entries(Set.of(live.key(), expired.key(), "f".repeat(64)));

    assertThat(listed)
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.entry()).isEqualTo(live);
              assertThat(found.terms()).contains(terms);
              Instant expected = live.createdAt().plus(LONG);
              assertThat(found.expiresAt().orElseThrow())
                  .isBetween(expected.minus(clockTolerance()), expected.plus(clockTolerance()));
            });
    assertThat(store.entries(Set.of())).isEmpty();
  }

  @Test
  void entryWithoutEmbeddingIsListed() {
    CacheEntry entry = entry(Scope.none(), "a", "an answer", now());
    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.empty())));

    assertThat(list()).extracting(ListedEntry::entry).containsExactly(entry);
  }

  @Test
  void updatedEntryIsListedOnceWithItsExpiry() {
    CacheEntry entry = entry(Scope.none(), "a", "an answer", now());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), LONG)));
    List<ListedEntry> before = list();

    CacheEntry updated =
        store
            .updateAttributes(entry.key(), current -> current.attributes(Map.of("mark", "1")))
            .orElseThrow();

    assertThat(list())
        .singleElement()
        .satisfies(
            listed -> {
              assertThat(listed.entry()).isEqualTo(updated);
              Instant expected = before.get(0).expiresAt().orElseThrow();
              assertThat(listed.expiresAt().orElseThrow())
                  .isBetween(expected.minus(clockTolerance()), expected.plus(clockTolerance()));
            });
  }

  @Test
  void removedEntryIsNotListed() {
    CacheEntry entry = entry(Scope.none(), "a", "an answer", now());
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));
    store.remove(new EntrySelector.ByKey(entry.key()));

    assertThat(list()).isEmpty();
  }

  @Test
  void manyEntriesAreEachListedOnce() {
    List<CacheEntry> entries =
        IntStream.range(0, 500)
            .mapToObj(i -> entry(Scope.of("n", "" + i % 3), "prompt " + i, "a", now()))
            .toList();
    store.put(entries.stream().map(entry -> withoutExpiry(entry, atAngle(DIMENSION, 0))).toList());

    assertThat(list()).extracting(ListedEntry::entry).containsExactlyInAnyOrderElementsOf(entries);
  }

  @Test
  void entriesCanBeRemovedWhileTheyAreListed() {
    for (int i = 0; i < 20; i++) {
      CacheEntry entry = entry(Scope.none(), "prompt " + i, "a", now());
      store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, i))));
    }
    try (Stream<ListedEntry> entries = store.entries()) {
      entries.forEach(listed -> store.remove(new EntrySelector.ByKey(listed.entry().key())));
    }

    assertThat(list()).isEmpty();
  }
}
