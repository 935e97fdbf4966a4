package io.github.semcache.testkit;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.store.VectorStore.VersionedEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link VectorStore}. A subclass opens the store under test with {@link #clock}. A
 * store with a clock of its own overrides {@link #now()}, {@link #shortTimeToLive()}, and {@link
 * #advanceTime}.
 */
public abstract class VectorStoreContract extends LabelContract {

  /** For subclasses. */
  protected VectorStoreContract() {}

  @Test
  void emptyStoreFindsNothing() {
    assertThat(store.find("0".repeat(64))).isEmpty();
  }

  @Test
  void spaceIsTheOneTheStoreWasOpenedWith() {
    assertThat(store.space()).isEqualTo(SPACE);
  }

  @Test
  void entryIsFoundByItsKey() {
    CacheEntry entry = put(SCOPE, "what?", 0);

    assertThat(store.find(entry.key())).contains(entry);
  }

  @Test
  void replacementHasItsOwnExpiry() throws Exception {
    CacheEntry entry = entry(SCOPE, "what?", "answer", now());
    Embedding embedding = atAngle(DIMENSION, 0);
    store.put(List.of(expiring(entry, embedding, shortTimeToLive())));
    store.put(List.of(withoutExpiry(entry, embedding)));
    advanceTime(shortTimeToLive());

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(entry);
  }

  @Test
  void replacementHasItsOwnAttributes() {
    CacheEntry first = put(SCOPE, "what?", 0);
    CacheEntry second =
        new CacheEntry(
            first.key(), first.scope(), first.prompt(), "b", Map.of("other", "x"), now());
    store.put(List.of(withoutExpiry(second, atAngle(DIMENSION, 0))));

    assertThat(store.find(first.key())).contains(second);
  }

  @Test
  void expiredEntryIsNotReturned() throws Exception {
    CacheEntry entry = entry(SCOPE, "what?", "answer", now());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), shortTimeToLive())));
    advanceTime(shortTimeToLive());

    assertThat(store.find(entry.key())).isEmpty();
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
  }

  @Test
  void entryIsReturnedUntilItExpires() {
    CacheEntry entry = entry(SCOPE, "what?", "answer", now());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), MINUTE)));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(entry);
  }

  @Test
  void textsAreStoredUnchanged() {
    String odd = "NUL \0, quotes \"', braces {}*|()-@:,. \\ \r\n\t, é, 漢字, 😀, \u202e, \uffff";
    CacheEntry entry =
        new CacheEntry(
            entry(SCOPE, odd, "", now()).key(),
            SCOPE.hash(),
            odd,
            odd + "x".repeat(1_000_000),
            Map.of(odd, odd, "empty", ""),
            now());
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(SCOPE, 0, 1)).containsExactly(entry);
  }

  @Test
  void emptyAnswerAndEmptyAttributesAreStored() {
    CacheEntry filled = entry(SCOPE, "what?", "", now());
    CacheEntry entry =
        new CacheEntry(filled.key(), filled.scope(), filled.prompt(), "", Map.of(), now());
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(SCOPE, 0, 1)).containsExactly(entry);
  }

  @Test
  void removalByKeyRemovesOneEntry() {
    CacheEntry removed = put(SCOPE, "removed", 0);
    CacheEntry remaining = put(SCOPE, "remaining", 10);

    assertThat(store.remove(new EntrySelector.ByKey(removed.key()))).isEqualTo(1);
    assertThat(store.remove(new EntrySelector.ByKey(removed.key()))).isZero();
    assertThat(store.find(removed.key())).isEmpty();
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(remaining);
  }

  @Test
  void removalByScopeRemovesAllEntriesOfTheScope() {
    store.put(
        IntStream.range(0, 250)
            .mapToObj(
                i -> withoutExpiry(entry(SCOPE, "p" + i, "a", now()), atAngle(DIMENSION, i / 10.0)))
            .toList());
    CacheEntry withoutEmbedding = entry(SCOPE, "exact only", "a", now());
    store.put(List.of(new NewEntry(withoutEmbedding, Optional.empty(), Optional.empty())));
    CacheEntry other = put(OTHER_SCOPE, "remaining", 0);

    assertThat(store.remove(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(251);
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
    assertThat(store.find(withoutEmbedding.key())).isEmpty();
    assertThat(entriesNear(OTHER_SCOPE, 0, 5)).containsExactly(other);
  }

  @Test
  void removalOfAllLeavesAUsableEmptyStore() {
    CacheEntry first = put(SCOPE, "one", 0);
    put(OTHER_SCOPE, "two", 10);

    assertThat(store.remove(new EntrySelector.All())).isEqualTo(2);
    assertThat(store.find(first.key())).isEmpty();
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
    assertThat(entriesNear(OTHER_SCOPE, 0, 5)).isEmpty();

    CacheEntry again = put(SCOPE, "one", 0);
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(again);
  }

  @Test
  void removalByTermRemovesTheEntriesOfAllScopesWithThatTerm() {
    Scope acme = Scope.of("tenant", "acme").tag("user", "1");
    Scope alsoAcme = Scope.of("tenant", "acme").tag("user", "2").dependsOn("prices");
    Scope other = Scope.of("tenant", "other").tag("user", "1");
    CacheEntry first = putInScope(acme, "first");
    CacheEntry second = putInScope(alsoAcme, "second");
    CacheEntry third = putInScope(other, "third");

    assertThat(store.count(EntrySelector.tag("tenant", "acme"))).isEqualTo(2);
    assertThat(store.count(EntrySelector.tag("tenant"))).isEqualTo(3);
    assertThat(store.count(EntrySelector.dependency("prices"))).isEqualTo(1);
    assertThat(store.remove(EntrySelector.tag("tenant", "acme"))).isEqualTo(2);

    assertThat(store.find(first.key())).isEmpty();
    assertThat(store.find(second.key())).isEmpty();
    assertThat(store.find(third.key())).contains(third);
    assertThat(entriesNear(other, 0, 5)).containsExactly(third);
    assertThat(store.count(EntrySelector.tag("tenant", "acme"))).isZero();
    assertThat(store.remove(EntrySelector.tag("tenant", "acme"))).isZero();
  }

  private CacheEntry putInScope(Scope scope, String prompt) {
    CacheEntry entry = entry(scope, prompt, "answer", now());
    store.put(
        List.of(
            new NewEntry(
                entry, Optional.of(atAngle(DIMENSION, 0)), Optional.of(MINUTE), scope.terms())));
    return entry;
  }

  @Test
  void changedAttributesDoNotChangeTheTerms() {
    Scope scope = Scope.of("tenant", "acme");
    CacheEntry entry = putInScope(scope, "what?");
    store.updateAttributes(entry.key(), current -> current.attributes(Map.of("other", "x")));

    assertThat(store.count(EntrySelector.tag("tenant", "acme"))).isEqualTo(1);
  }

  @Test
  void replacementHasItsOwnTerms() {
    Scope scope = Scope.of("tenant", "acme");
    CacheEntry entry = putInScope(scope, "what?");
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));

    assertThat(store.count(EntrySelector.tag("tenant", "acme"))).isZero();
    assertThat(store.find(entry.key())).contains(entry);
  }

  @Test
  void removalByAgeRemovesTheEntriesCreatedBeforeATime() {
    CacheEntry old = entry(SCOPE, "old", "answer", now().minusSeconds(60));
    CacheEntry young = entry(SCOPE, "young", "answer", now());
    store.put(
        List.of(
            withoutExpiry(old, atAngle(DIMENSION, 0)),
            withoutExpiry(young, atAngle(DIMENSION, 10))));
    EntrySelector selector = EntrySelector.createdBefore(young.createdAt());

    assertThat(store.count(selector)).isEqualTo(1);
    assertThat(store.remove(selector)).isEqualTo(1);
    assertThat(store.find(old.key())).isEmpty();
    assertThat(store.find(young.key())).contains(young);
  }

  @Test
  void countsOfAnEntryAScopeAndAllMatchTheRemovals() {
    CacheEntry entry = put(SCOPE, "what?", 0);
    put(SCOPE, "why?", 10);

    assertThat(store.count(EntrySelector.entry(entry.key()))).isEqualTo(1);
    assertThat(store.count(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(2);
    assertThat(store.count(new EntrySelector.All())).isEqualTo(2);
    assertThat(store.remove(EntrySelector.entry(entry.key()))).isEqualTo(1);
    assertThat(store.count(EntrySelector.entry(entry.key()))).isZero();
  }

  @Test
  void progressOfARemovalEndsWithTheNumberOfRemovedEntries() {
    Scope scope = Scope.of("tenant", "acme");
    List<NewEntry> entries =
        IntStream.range(0, 1_203)
            .mapToObj(i -> entry(scope, "prompt " + i, "answer", now()))
            .map(entry -> new NewEntry(entry, Optional.empty(), Optional.of(MINUTE), scope.terms()))
            .toList();
    store.put(entries);
    List<Long> progress = new ArrayList<>();

    assertThat(store.remove(EntrySelector.tag("tenant", "acme"), progress::add)).isEqualTo(1_203);
    assertThat(progress).isSorted().last().isEqualTo(1_203L);
  }

  @Test
  void renewedDependencyHasANewVersion() {
    String prices = Scope.dependencyTerm("prices " + System.nanoTime());
    String terms = Scope.dependencyTerm("terms " + System.nanoTime());
    Map<String, String> before = store.versions(Set.of(prices, terms));
    Map<String, String> unchanged = store.versions(Set.of(prices, terms));
    store.renewVersion(prices);
    Map<String, String> after = store.versions(Set.of(prices, terms));

    assertThat(before).containsOnlyKeys(prices, terms);
    assertThat(unchanged).isEqualTo(before);
    assertThat(after.get(terms)).isEqualTo(before.get(terms));
    assertThat(after.get(prices)).isNotEqualTo(before.get(prices));
    assertThat(store.versions(Set.of())).isEmpty();
  }

  @Test
  void entryIsFoundTogetherWithTheVersions() {
    String prices = Scope.dependencyTerm("prices " + System.nanoTime());
    CacheEntry entry = put(SCOPE, "what?", 0);

    assertThat(store.findWithVersions(entry.key(), Set.of(prices)))
        .isEqualTo(new VersionedEntry(Optional.of(entry), store.versions(Set.of(prices))));
    assertThat(store.findWithVersions("0".repeat(64), Set.of(prices)))
        .isEqualTo(new VersionedEntry(Optional.empty(), store.versions(Set.of(prices))));
  }

  @Test
  void versionsAreNotRemovedWithTheEntries() {
    String prices = Scope.dependencyTerm("prices " + System.nanoTime());
    store.renewVersion(prices);
    Map<String, String> before = store.versions(Set.of(prices));
    store.remove(new EntrySelector.All());

    assertThat(store.versions(Set.of(prices))).isEqualTo(before);
  }

  @Test
  void nullArgumentsAreRejectedByName() {
    CacheEntry entry = put(SCOPE, "what?", 0);

    assertThatNullPointerException()
        .isThrownBy(() -> store.remove(nullValue()))
        .withMessage("selector");
    assertThatNullPointerException().isThrownBy(() -> store.find(nullValue())).withMessage("key");
    assertThatNullPointerException()
        .isThrownBy(() -> store.nearest(nullValue()))
        .withMessage("query");
    assertThatNullPointerException()
        .isThrownBy(() -> store.put(nullValue()))
        .withMessage("entries");
    assertThat(store.find(entry.key())).contains(entry);
  }

  @Test
  void putOfAnEmptyListWritesNothing() {
    assertThat(store.put(List.of())).isZero();
  }

  @Test
  void concurrentWritersAndReadersSeeEveryWrite() throws Exception {
    int threads = 4;
    int entriesPerThread = 50;

    runConcurrently(
        threads,
        thread ->
            () -> {
              for (int i = 0; i < entriesPerThread; i++) {
                CacheEntry entry = put(SCOPE, thread + "/" + i, i / 10.0);
                assertThat(store.find(entry.key())).contains(entry);
                assertThat(entriesNear(SCOPE, i / 10.0, threads * entriesPerThread))
                    .contains(entry);
              }
              return thread;
            });

    assertThat(store.remove(new EntrySelector.ByScope(SCOPE.hash())))
        .isEqualTo((long) threads * entriesPerThread);
  }

  @Test
  void closingTwiceIsAllowed() {
    store.close();
    store.close();
  }
}
