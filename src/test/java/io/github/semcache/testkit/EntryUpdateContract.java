package io.github.semcache.testkit;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.nearest;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The part of the contract on {@link VectorStore#updateEntry}, {@link VectorStore#expire}, {@link
 * VectorStore#findAll}, and {@link VectorStore#nearestAll}.
 */
abstract class EntryUpdateContract extends VectorStoreFixture {

  @Test
  void unchangedEntryIsReplaced() {
    CacheEntry first = entry(SCOPE, "what?", "first", now());
    CacheEntry second = entry(SCOPE, "what?", "second", now().plusMillis(5));
    Duration hour = Duration.ofHours(1);

    assertThat(
            store.putIfUnchanged(expiring(first, atAngle(DIMENSION, 10), hour), Optional.empty()))
        .isPresent();
    assertThat(store.find(first.key())).contains(first);
    assertThat(
            store.putIfUnchanged(
                withoutExpiry(second, atAngle(DIMENSION, 40)), Optional.of(first.createdAt())))
        .isPresent();
    assertThat(store.find(first.key())).contains(second);
    assertThat(search(SCOPE, 40, 5))
        .singleElement()
        .satisfies(
            match -> {
              assertThat(match.entry()).isEqualTo(second);
              assertThat(match.distance()).isLessThan(0.001);
            });
  }

  @Test
  void entryThatWasWrittenInTheMeantimeIsNotReplaced() {
    CacheEntry current = put(SCOPE, "what?", 0);
    CacheEntry late = entry(SCOPE, "what?", "late", now().plusMillis(5));
    NewEntry newEntry = withoutExpiry(late, atAngle(DIMENSION, 40));

    assertThat(store.putIfUnchanged(newEntry, Optional.empty())).isEmpty();
    assertThat(store.putIfUnchanged(newEntry, Optional.of(current.createdAt().minusMillis(1))))
        .isEmpty();
    assertThat(store.find(current.key())).contains(current);
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(current);
  }

  @Test
  void entryThatWasRemovedInTheMeantimeIsWritten() {
    CacheEntry current = put(SCOPE, "what?", 0);
    store.remove(EntrySelector.entry(current.key()));
    CacheEntry late = entry(SCOPE, "what?", "late", now().plusMillis(5));

    assertThat(
            store.putIfUnchanged(
                withoutExpiry(late, atAngle(DIMENSION, 40)), Optional.of(current.createdAt())))
        .isPresent();
    assertThat(store.find(current.key())).contains(late);
  }

  /** Applies to stores that compare and write atomically, which the default method does not. */
  @Test
  void concurrentConditionalWritesReplaceNoEntryThatTheyDoNotKnow() throws Exception {
    assumeTrue(overridesPutIfUnchanged());
    int writers = 4;
    int writes = 25;
    Instant start = now();
    String key = entry(SCOPE, "what?", "", start).key();

    runConcurrently(
        writers,
        writer ->
            () -> {
              int written = 0;
              while (written < writes) {
                Optional<Instant> known = store.find(key).map(CacheEntry::createdAt);
                Instant next = known.map(time -> time.plusMillis(1)).orElse(start);
                CacheEntry entry = entry(SCOPE, "what?", "answer of " + writer, next);
                NewEntry newEntry = withoutExpiry(entry, atAngle(DIMENSION, 10));
                written += store.putIfUnchanged(newEntry, known).isPresent() ? 1 : 0;
              }
              return written;
            });

    assertThat(store.find(key))
        .map(CacheEntry::createdAt)
        .contains(start.plusMillis((long) writers * writes - 1));
  }

  private boolean overridesPutIfUnchanged() throws NoSuchMethodException {
    return store
            .getClass()
            .getMethod("putIfUnchanged", NewEntry.class, Optional.class)
            .getDeclaringClass()
        != VectorStore.class;
  }

  private static UnaryOperator<CacheEntry> answer(String answer, Instant createdAt) {
    return entry -> entry.withAnswer(answer, Map.of("model", "other"), createdAt);
  }

  @Test
  void changedEntryIsReturnedAndFound() {
    Scope scope = Scope.of("tenant", "acme");
    CacheEntry entry = entry(scope, "what?", "answer", now());
    store.put(
        List.of(
            new NewEntry(
                entry, Optional.of(atAngle(DIMENSION, 10)), Optional.empty(), scope.terms())));
    CacheEntry other = put(SCOPE, "other", 40);
    List<Double> distances = search(SCOPE, 0, 5).stream().map(Match::distance).toList();
    Instant later = now().plusMillis(5);

    Optional<CacheEntry> changed = store.updateEntry(entry.key(), answer("new, 漢字", later));

    CacheEntry expected = entry.withAnswer("new, 漢字", Map.of("model", "other"), later);
    assertThat(changed).contains(expected);
    assertThat(store.find(entry.key())).contains(expected);
    assertThat(store.find(other.key())).contains(other);
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(expected, other);
    assertThat(search(SCOPE, 0, 5)).extracting(Match::distance).isEqualTo(distances);
    assertThat(store.count(EntrySelector.tag("tenant", "acme"))).isEqualTo(1);
    assertThat(store.remove(EntrySelector.tag("tenant", "acme"))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "scope", "prompt"})
  void changeOfTheIdentityIsRejectedAndNothingWritten(String component) {
    CacheEntry entry = put(SCOPE, "what?", 0);
    CacheEntry changed =
        new CacheEntry(
            component.equals("key") ? "0".repeat(64) : entry.key(),
            component.equals("scope") ? OTHER_SCOPE.hash() : entry.scope(),
            component.equals("prompt") ? "other" : entry.prompt(),
            "other",
            Map.of(),
            now());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.updateEntry(entry.key(), current -> changed))
        .withMessageContaining("key, scope, or prompt");

    assertThat(store.find(entry.key())).contains(entry);
  }

  @Test
  void changeOfAMissingOrExpiredEntryReturnsEmpty() throws Exception {
    CacheEntry missing = entry(SCOPE, "missing", "answer", now());
    CacheEntry expired = entry(SCOPE, "expired", "answer", now());
    store.put(List.of(expiring(expired, atAngle(DIMENSION, 0), shortTimeToLive())));
    advanceTime(shortTimeToLive());

    for (CacheEntry entry : List.of(missing, expired)) {
      assertThat(store.updateEntry(entry.key(), answer("new", now()))).isEmpty();
      assertThat(store.expire(entry.key(), Optional.of(MINUTE))).isFalse();
      assertThat(store.expire(entry.key(), Optional.empty())).isFalse();
      assertThat(store.find(entry.key())).isEmpty();
    }
  }

  @Test
  void changedEntryExpiresWhenTheOriginalWould() throws Exception {
    CacheEntry entry = entry(SCOPE, "what?", "answer", now());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), shortTimeToLive())));
    store.updateEntry(entry.key(), answer("new", now()));
    advanceTime(shortTimeToLive());

    assertThat(store.find(entry.key())).isEmpty();
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
  }

  @Test
  void concurrentChangesOfTheAnswerAreAllApplied() throws Exception {
    CacheEntry entry = put(SCOPE, "what?", 0);

    runConcurrently(
        4,
        thread ->
            () -> {
              for (int i = 0; i < 10; i++) {
                String added = ";" + thread + "." + i;
                store.updateEntry(
                    entry.key(),
                    current ->
                        current.withAnswer(
                            current.answer() + added, current.attributes(), current.createdAt()));
              }
              return thread;
            });

    String[] parts = store.find(entry.key()).orElseThrow().answer().split(";");
    String[] expected =
        IntStream.range(0, 40).mapToObj(n -> n / 10 + "." + n % 10).toArray(String[]::new);
    assertThat(Arrays.asList(parts).subList(1, parts.length)).containsExactlyInAnyOrder(expected);
  }

  @Test
  void timeToLiveCanBeExtendedAndRemoved() throws Exception {
    CacheEntry extended = entry(SCOPE, "extended", "answer", now());
    CacheEntry lasting = entry(SCOPE, "lasting", "answer", now());
    CacheEntry unchanged = entry(SCOPE, "unchanged", "answer", now());
    for (CacheEntry entry : List.of(extended, lasting, unchanged)) {
      store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), shortTimeToLive())));
    }

    assertThat(store.expire(extended.key(), Optional.of(MINUTE))).isTrue();
    assertThat(store.expire(lasting.key(), Optional.empty())).isTrue();
    advanceTime(shortTimeToLive());

    assertThat(store.find(extended.key())).contains(extended);
    assertThat(store.find(lasting.key())).contains(lasting);
    assertThat(store.find(unchanged.key())).isEmpty();
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactlyInAnyOrder(extended, lasting);
    assertThat(store.count(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(2);
  }

  @Test
  void timeToLiveCanBeShortenedAndSet() throws Exception {
    CacheEntry shortened = entry(SCOPE, "shortened", "answer", now());
    store.put(List.of(expiring(shortened, atAngle(DIMENSION, 0), MINUTE)));
    CacheEntry set = put(SCOPE, "set", 10);

    assertThat(store.expire(shortened.key(), Optional.of(shortTimeToLive()))).isTrue();
    assertThat(store.expire(set.key(), Optional.of(shortTimeToLive()))).isTrue();
    assertThat(store.find(shortened.key())).contains(shortened);
    advanceTime(shortTimeToLive());

    assertThat(store.find(shortened.key())).isEmpty();
    assertThat(store.find(set.key())).isEmpty();
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
  }

  @Test
  void removalOfTheExpiryOfAnEntryThatDoesNotExpireReturnsTrue() {
    CacheEntry entry = put(SCOPE, "what?", 0);

    assertThat(store.expire(entry.key(), Optional.empty())).isTrue();
    assertThat(store.find(entry.key())).contains(entry);
  }

  @Test
  void timeToLiveOutOfRangeIsRejected() {
    CacheEntry entry = put(SCOPE, "what?", 0);

    for (Duration invalid :
        List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(36_526))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.expire(entry.key(), Optional.of(invalid)))
          .withMessageContaining("timeToLive");
    }
  }

  @Test
  void findAllReturnsTheLiveEntries() throws Exception {
    CacheEntry first = put(SCOPE, "first", 0);
    CacheEntry second = put(OTHER_SCOPE, "second", 0);
    CacheEntry expired = entry(SCOPE, "expired", "answer", now());
    store.put(List.of(expiring(expired, atAngle(DIMENSION, 0), shortTimeToLive())));
    advanceTime(shortTimeToLive());

    VectorStore.FoundEntries found =
        store.findAll(Set.of(first.key(), second.key(), expired.key(), "0".repeat(64)));

    assertThat(found.entries()).isEqualTo(Map.of(first.key(), first, second.key(), second));
    assertThat(found.corrupt()).isZero();
    assertThat(store.findAll(Set.of()).entries()).isEmpty();
  }

  @Test
  void severalSearchesReturnWhatEachOfThemReturns() {
    IntStream.range(0, 20).forEach(i -> put(SCOPE, "p" + i, 4 * i));
    put(OTHER_SCOPE, "other", 0);
    List<NearestQuery> queries =
        List.of(
            nearest(SCOPE, atAngle(DIMENSION, 0), 3),
            nearest(SCOPE, atAngle(DIMENSION, 77), 12),
            nearest(OTHER_SCOPE, atAngle(DIMENSION, 30), 2),
            nearest(Scope.none(), atAngle(DIMENSION, 0), 2));

    List<NearestEntries> found = store.nearestAll(queries);

    assertThat(found).isEqualTo(queries.stream().map(store::nearest).toList());
    assertThat(found).extracting(result -> result.matches().size()).containsExactly(3, 12, 1, 0);
    assertThat(store.nearestAll(List.of())).isEmpty();
  }

  @Test
  void severalSearchesIgnoreExpiredEntries() throws Exception {
    for (int i = 0; i < 12; i++) {
      CacheEntry expired = entry(SCOPE, "expired " + i, "answer", now());
      store.put(List.of(expiring(expired, atAngle(DIMENSION, 0), shortTimeToLive())));
    }
    CacheEntry live = put(SCOPE, "live", 30);
    advanceTime(shortTimeToLive());

    assertThat(
            store.nearestAll(
                List.of(
                    nearest(SCOPE, atAngle(DIMENSION, 0), 2),
                    nearest(SCOPE, atAngle(DIMENSION, 10), 1))))
        .allSatisfy(
            result -> assertThat(result.matches()).extracting(Match::entry).containsExactly(live));
  }

  @Test
  void entryWithoutEmbeddingCanBeChanged() {
    CacheEntry entry = entry(SCOPE, "what?", "answer", now());
    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.empty())));

    assertThat(store.updateEntry(entry.key(), answer("new", now())))
        .isEqualTo(store.find(entry.key()))
        .hasValueSatisfying(changed -> assertThat(changed.answer()).isEqualTo("new"));
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));
    assertThat(store.find(entry.key())).contains(entry);
  }
}
