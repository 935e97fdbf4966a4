package io.github.semcache.store;

import static io.github.semcache.testing.Entries.atAngle;
import static io.github.semcache.testing.Entries.entry;
import static io.github.semcache.testing.Entries.expiring;
import static io.github.semcache.testing.Entries.forEver;
import static io.github.semcache.testing.Entries.nearest;
import static io.github.semcache.testing.Nulls.absent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.testing.Entries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store promises. */
public abstract class VectorStoreContract {
  protected static final int DIMENSION = 8;
  protected static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);
  private static final Scope ACME = Scope.of("tenant", "acme");
  private static final Scope OTHER = Scope.of("tenant", "other");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  protected VectorStore store;

  /** An empty store that holds at least 1,000 entries. */
  protected abstract VectorStore open(EmbeddingSpace space) throws Exception;

  /** The time that the store goes by, to the millisecond. */
  protected abstract Instant now();

  /** A time to live so short that a test may let it pass. */
  protected abstract Duration shortTimeToLive();

  /** Returns when the store's time is later by so much. */
  protected abstract void letPass(Duration duration) throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open(SPACE);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private CacheEntry put(Scope scope, String prompt, double degrees) {
    CacheEntry entry = entry(scope, prompt, "answer to " + prompt, now());
    store.put(List.of(forEver(entry, atAngle(DIMENSION, degrees))));
    return entry;
  }

  private List<CacheEntry> entriesNear(Scope scope, double degrees, int k) {
    return store.nearest(nearest(scope, atAngle(DIMENSION, degrees), k)).matches().stream()
        .map(Match::entry)
        .toList();
  }

  @Test
  void emptyStoreFindsNothing() {
    assertThat(store.find("0".repeat(64))).isEmpty();
    assertThat(store.nearest(nearest(ACME, atAngle(DIMENSION, 0), 5)))
        .isEqualTo(NearestEntries.none());
  }

  @Test
  void spaceIsTheOneItWasOpenedWith() {
    assertThat(store.space()).isEqualTo(SPACE);
  }

  @Test
  void entryIsFoundByItsKeyWhole() {
    CacheEntry entry = put(ACME, "what?", 0);

    assertThat(store.find(entry.key())).contains(entry);
  }

  @Test
  void writtenEntryIsNearestAtOnce() {
    CacheEntry entry = put(ACME, "what?", 0);

    assertThat(entriesNear(ACME, 0, 5)).containsExactly(entry);
  }

  @Test
  void nearestAreSortedByDistanceAndLimitedToK() {
    CacheEntry far = put(ACME, "far", 40);
    CacheEntry near = put(ACME, "near", 10);
    CacheEntry middle = put(ACME, "middle", 20);

    assertThat(entriesNear(ACME, 0, 5)).containsExactly(near, middle, far);
    assertThat(entriesNear(ACME, 0, 2)).containsExactly(near, middle);
    assertThat(entriesNear(ACME, 45, 1)).containsExactly(far);
  }

  @Test
  void distanceIsOneMinusCosineFromZeroToTwo() {
    put(ACME, "same", 0);
    put(ACME, "sixty", 60);
    put(ACME, "right angle", 90);
    put(ACME, "opposite", 180);

    List<Match> matches = store.nearest(nearest(ACME, atAngle(DIMENSION, 0), 4)).matches();

    assertThat(matches.stream().mapToDouble(Match::distance).toArray())
        .containsExactly(new double[] {0, 0.5, 1, 2}, within(1e-6));
  }

  @Test
  void lengthOfVectorDoesNotChangeDistance() {
    CacheEntry entry = entry(ACME, "long", "answer", now());
    float[] doubled = new float[DIMENSION];
    doubled[0] = 200;
    store.put(List.of(forEver(entry, Embedding.of(doubled))));

    assertThat(store.nearest(nearest(ACME, atAngle(DIMENSION, 60), 1)).matches())
        .singleElement()
        .satisfies(match -> assertThat(match.distance()).isEqualTo(0.5, within(1e-6)));
  }

  @Test
  void otherScopesAreNotConsidered() {
    put(OTHER, "same words", 0);
    CacheEntry mine = put(ACME, "same words", 30);

    assertThat(entriesNear(ACME, 0, 5)).containsExactly(mine);
    assertThat(entriesNear(Scope.none(), 0, 5)).isEmpty();
  }

  @Test
  void manyEntriesOfOtherScopesDoNotHideTheOnlyOneOfMine() {
    store.put(
        IntStream.range(0, 300)
            .mapToObj(i -> forEver(entry(OTHER, "p" + i, "a", now()), atAngle(DIMENSION, i / 10.0)))
            .toList());
    CacheEntry mine = put(ACME, "mine", 80);

    assertThat(entriesNear(ACME, 0, 3)).containsExactly(mine);
  }

  @Test
  void putReplacesTheEntryOfTheSameKey() {
    CacheEntry old = entry(ACME, "what?", "old", now());
    CacheEntry young = entry(ACME, "what?", "young", now());
    store.put(List.of(forEver(old, atAngle(DIMENSION, 0))));
    store.put(List.of(forEver(young, atAngle(DIMENSION, 20))));

    assertThat(store.find(young.key())).contains(young);
    assertThat(store.nearest(nearest(ACME, atAngle(DIMENSION, 20), 5)).matches())
        .singleElement()
        .satisfies(
            match -> {
              assertThat(match.entry()).isEqualTo(young);
              assertThat(match.distance()).isEqualTo(0, within(1e-6));
            });
  }

  @Test
  void replacingAnEntryReplacesItsExpiry() throws Exception {
    CacheEntry entry = entry(ACME, "what?", "answer", now());
    Embedding embedding = atAngle(DIMENSION, 0);
    store.put(List.of(expiring(entry, embedding, shortTimeToLive())));
    store.put(List.of(forEver(entry, embedding)));
    letPass(shortTimeToLive());

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(ACME, 0, 5)).containsExactly(entry);
  }

  @Test
  void replacingAnEntryReplacesItsAttributes() {
    CacheEntry first = put(ACME, "what?", 0);
    CacheEntry second =
        new CacheEntry(
            first.key(), first.scope(), first.prompt(), "b", Map.of("other", "x"), now());
    store.put(List.of(forEver(second, atAngle(DIMENSION, 0))));

    assertThat(store.find(first.key())).contains(second);
  }

  @Test
  void expiredEntryIsNotReturned() throws Exception {
    CacheEntry entry = entry(ACME, "what?", "answer", now());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), shortTimeToLive())));
    letPass(shortTimeToLive());

    assertThat(store.find(entry.key())).isEmpty();
    assertThat(entriesNear(ACME, 0, 5)).isEmpty();
  }

  @Test
  void expiredNeighborDoesNotHideALivingOne() throws Exception {
    CacheEntry expired = entry(ACME, "expired", "answer", now());
    store.put(List.of(expiring(expired, atAngle(DIMENSION, 0), shortTimeToLive())));
    CacheEntry living = put(ACME, "living", 10);
    letPass(shortTimeToLive());

    assertThat(entriesNear(ACME, 0, 3)).containsExactly(living);
  }

  @Test
  void entryLivesUntilItsTimeToLiveHasPassed() {
    CacheEntry entry = entry(ACME, "what?", "answer", now());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), MINUTE)));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(ACME, 0, 5)).containsExactly(entry);
  }

  @Test
  void notBeforeLeavesOutOlderEntries() {
    Instant now = now();
    CacheEntry old = entry(ACME, "old", "answer", now.minus(MINUTE).minusMillis(1));
    CacheEntry limit = entry(ACME, "limit", "answer", now.minus(MINUTE));
    store.put(List.of(forEver(old, atAngle(DIMENSION, 0)), forEver(limit, atAngle(DIMENSION, 10))));

    assertThat(
            store
                .nearest(
                    new NearestQuery(
                        atAngle(DIMENSION, 0), ACME.hash(), 5, Optional.of(now.minus(MINUTE))))
                .matches())
        .extracting(Match::entry)
        .containsExactly(limit);
  }

  @Test
  void entryWithoutEmbeddingIsFoundByItsKeyAlone() {
    CacheEntry entry = entry(ACME, "what?", "answer", now());
    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.of(MINUTE))));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(ACME, 0, 5)).isEmpty();
  }

  @Test
  void replacingAnEntryWithoutEmbeddingTakesItOutOfTheSearch() {
    CacheEntry entry = put(ACME, "what?", 0);
    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.empty())));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(ACME, 0, 5)).isEmpty();
  }

  @Test
  void textsOfEveryKindComeBackAsTheyWere() {
    String odd = "NUL \0, quotes \"', braces {}*|()-@:,. \\ \r\n\t, é, 漢字, 😀, \u202e, \uffff";
    CacheEntry entry =
        new CacheEntry(
            entry(ACME, odd, "", now()).key(),
            ACME.hash(),
            odd,
            odd + "x".repeat(1_000_000),
            Map.of(odd, odd, "empty", ""),
            now());
    store.put(List.of(forEver(entry, atAngle(DIMENSION, 0))));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(ACME, 0, 1)).containsExactly(entry);
  }

  @Test
  void emptyAnswerAndNoAttributesComeBack() {
    CacheEntry filled = entry(ACME, "what?", "", now());
    CacheEntry entry =
        new CacheEntry(filled.key(), filled.scope(), filled.prompt(), "", Map.of(), now());
    store.put(List.of(forEver(entry, atAngle(DIMENSION, 0))));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(ACME, 0, 1)).containsExactly(entry);
  }

  @Test
  void removalByKeyRemovesThatEntryAlone() {
    CacheEntry gone = put(ACME, "gone", 0);
    CacheEntry kept = put(ACME, "kept", 10);

    assertThat(store.remove(new EntrySelector.ByKey(gone.key()))).isEqualTo(1);
    assertThat(store.remove(new EntrySelector.ByKey(gone.key()))).isZero();
    assertThat(store.find(gone.key())).isEmpty();
    assertThat(entriesNear(ACME, 0, 5)).containsExactly(kept);
  }

  @Test
  void removalByScopeRemovesAllOfThatScopeAlone() {
    store.put(
        IntStream.range(0, 250)
            .mapToObj(i -> forEver(entry(ACME, "p" + i, "a", now()), atAngle(DIMENSION, i / 10.0)))
            .toList());
    CacheEntry withoutEmbedding = entry(ACME, "exact only", "a", now());
    store.put(List.of(new NewEntry(withoutEmbedding, Optional.empty(), Optional.empty())));
    CacheEntry other = put(OTHER, "kept", 0);

    assertThat(store.remove(new EntrySelector.ByScope(ACME.hash()))).isEqualTo(251);
    assertThat(entriesNear(ACME, 0, 5)).isEmpty();
    assertThat(store.find(withoutEmbedding.key())).isEmpty();
    assertThat(entriesNear(OTHER, 0, 5)).containsExactly(other);
  }

  @Test
  void removalOfAllLeavesAnEmptyStoreThatWorks() {
    CacheEntry first = put(ACME, "one", 0);
    put(OTHER, "two", 10);

    assertThat(store.remove(new EntrySelector.All())).isEqualTo(2);
    assertThat(store.find(first.key())).isEmpty();
    assertThat(entriesNear(ACME, 0, 5)).isEmpty();
    assertThat(entriesNear(OTHER, 0, 5)).isEmpty();

    CacheEntry again = put(ACME, "one", 0);
    assertThat(entriesNear(ACME, 0, 5)).containsExactly(again);
  }

  @Test
  void nullIsRejectedByNameAndRemovesNothing() {
    CacheEntry entry = put(ACME, "what?", 0);

    assertThatNullPointerException()
        .isThrownBy(() -> store.remove(absent()))
        .withMessage("selection");
    assertThatNullPointerException().isThrownBy(() -> store.find(absent())).withMessage("key");
    assertThatNullPointerException().isThrownBy(() -> store.nearest(absent())).withMessage("query");
    assertThatNullPointerException()
        .isThrownBy(() -> store.put(absent()))
        .withMessage("insertions");
    assertThat(store.find(entry.key())).contains(entry);
  }

  @Test
  void embeddingOfAnotherDimensionIsRejectedAndNothingWritten() {
    CacheEntry good = entry(ACME, "good", "a", now());
    CacheEntry bad = entry(ACME, "bad", "a", now());

    assertThatThrownBy(
            () ->
                store.put(
                    List.of(
                        forEver(good, atAngle(DIMENSION, 0)),
                        forEver(bad, atAngle(DIMENSION + 1, 0)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("dimension", "9", "8");
    assertThat(store.find(good.key())).isEmpty();
    assertThatThrownBy(() -> store.nearest(nearest(ACME, atAngle(DIMENSION + 1, 0), 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void emptyPutWritesNothing() {
    assertThat(store.put(List.of())).isZero();
  }

  @Test
  void nearestOfManyAreThoseOfAnExactScan() {
    Random random = new Random(42);
    List<NewEntry> insertions = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      insertions.add(
          forEver(entry(ACME, "p" + i, "a" + i, now()), Entries.random(DIMENSION, random)));
    }
    store.put(insertions);

    for (int i = 0; i < 20; i++) {
      Embedding probe = Entries.random(DIMENSION, random);
      String nearest =
          insertions.stream()
              .min(java.util.Comparator.comparingDouble(in -> distance(in, probe)))
              .map(insertion -> insertion.entry().key())
              .orElseThrow();
      assertThat(store.nearest(nearest(ACME, probe, 10)).matches().get(0).entry().key())
          .isEqualTo(nearest);
    }
  }

  private static double distance(NewEntry insertion, Embedding probe) {
    return insertion.embedding().orElseThrow().cosineDistance(probe);
  }

  @Test
  void concurrentWritersAndReadersLoseNothing() throws Exception {
    int writers = 4;
    int each = 50;
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Callable<Void>> tasks =
          IntStream.range(0, writers).<Callable<Void>>mapToObj(w -> () -> write(w, each)).toList();
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(store.remove(new EntrySelector.ByScope(ACME.hash()))).isEqualTo(200);
  }

  private Void write(int writer, int each) {
    for (int i = 0; i < each; i++) {
      CacheEntry entry = put(ACME, writer + "/" + i, i / 10.0);
      assertThat(store.find(entry.key())).contains(entry);
      assertThat(entriesNear(ACME, i / 10.0, 200)).contains(entry);
    }
    return null;
  }

  @Test
  void closingTwiceIsAllowed() {
    store.close();
    store.close();
  }
}
