package io.github.semcache.testkit;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.nearest;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of the contract on {@link VectorStore#nearest}. */
abstract class VectorSearchContract extends AttributeUpdateContract {

  @Test
  void searchOfAnEmptyStoreFindsNothing() {
    assertThat(store.nearest(nearest(SCOPE, atAngle(DIMENSION, 0), 5)))
        .isEqualTo(NearestEntries.none());
  }

  @Test
  void writtenEntryIsFoundImmediately() {
    CacheEntry entry = put(SCOPE, "what?", 0);

    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(entry);
  }

  @Test
  void matchesAreSortedByDistanceAndLimitedToK() {
    CacheEntry far = put(SCOPE, "far", 40);
    CacheEntry near = put(SCOPE, "near", 10);
    CacheEntry middle = put(SCOPE, "middle", 20);

    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(near, middle, far);
    assertThat(entriesNear(SCOPE, 0, 2)).containsExactly(near, middle);
    assertThat(entriesNear(SCOPE, 45, 1)).containsExactly(far);
  }

  @Test
  void distanceIsOneMinusCosine() {
    put(SCOPE, "same", 0);
    put(SCOPE, "sixty", 60);
    put(SCOPE, "right angle", 90);
    put(SCOPE, "opposite", 180);

    assertThat(search(SCOPE, 0, 4).stream().mapToDouble(Match::distance).toArray())
        .containsExactly(new double[] {0, 0.5, 1, 2}, within(1e-6));
  }

  @Test
  void distanceDoesNotDependOnVectorLength() {
    float[] components = new float[DIMENSION];
    components[0] = 200;
    CacheEntry entry = entry(SCOPE, "long", "answer", now());
    store.put(List.of(withoutExpiry(entry, Embedding.of(components))));

    assertThat(search(SCOPE, 60, 1))
        .singleElement()
        .satisfies(match -> assertThat(match.distance()).isEqualTo(0.5, within(1e-6)));
  }

  @Test
  void entriesOfOtherScopesAreNotFound() {
    put(OTHER_SCOPE, "same words", 0);
    CacheEntry entry = put(SCOPE, "same words", 30);

    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(entry);
    assertThat(entriesNear(Scope.none(), 0, 5)).isEmpty();
  }

  @Test
  void manyNearerEntriesOfAnotherScopeDoNotHideTheOnlyEntryOfAScope() {
    store.put(
        IntStream.range(0, 300)
            .mapToObj(
                i ->
                    withoutExpiry(
                        entry(OTHER_SCOPE, "p" + i, "a", now()), atAngle(DIMENSION, i / 10.0)))
            .toList());
    CacheEntry entry = put(SCOPE, "only", 80);

    assertThat(entriesNear(SCOPE, 0, 3)).containsExactly(entry);
  }

  @Test
  void putReplacesEntryAndEmbeddingOfTheSameKey() {
    CacheEntry previous = entry(SCOPE, "what?", "previous", now());
    CacheEntry replacement = entry(SCOPE, "what?", "replacement", now());
    store.put(List.of(withoutExpiry(previous, atAngle(DIMENSION, 0))));
    store.put(List.of(withoutExpiry(replacement, atAngle(DIMENSION, 20))));

    assertThat(store.find(replacement.key())).contains(replacement);
    assertThat(search(SCOPE, 20, 5))
        .singleElement()
        .satisfies(
            match -> {
              assertThat(match.entry()).isEqualTo(replacement);
              assertThat(match.distance()).isEqualTo(0, within(1e-6));
            });
  }

  @Test
  void expiredNeighborDoesNotHideALiveEntry() throws Exception {
    CacheEntry expired = entry(SCOPE, "expired", "answer", now());
    store.put(List.of(expiring(expired, atAngle(DIMENSION, 0), shortTimeToLive())));
    CacheEntry live = put(SCOPE, "live", 10);
    advanceTime(shortTimeToLive());

    assertThat(entriesNear(SCOPE, 0, 3)).containsExactly(live);
  }

  @Test
  void notBeforeExcludesOlderEntries() {
    Instant limit = now().minus(MINUTE);
    CacheEntry older = entry(SCOPE, "older", "answer", limit.minusMillis(1));
    CacheEntry atLimit = entry(SCOPE, "at limit", "answer", limit);
    store.put(
        List.of(
            withoutExpiry(older, atAngle(DIMENSION, 0)),
            withoutExpiry(atLimit, atAngle(DIMENSION, 10))));

    NearestQuery query =
        new NearestQuery(atAngle(DIMENSION, 0), SCOPE.hash(), 5, Optional.of(limit));
    assertThat(store.nearest(query).matches()).extracting(Match::entry).containsExactly(atLimit);
  }

  @Test
  void entryWithoutEmbeddingIsFoundByKeyOnly() {
    CacheEntry entry = entry(SCOPE, "what?", "answer", now());
    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.of(MINUTE))));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
  }

  @Test
  void replacementWithoutEmbeddingIsFoundByKeyOnly() {
    CacheEntry entry = put(SCOPE, "what?", 0);
    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.empty())));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
  }

  @Test
  void distancesDoNotDependOnTheLengthsOfVectors() {
    Random random = new Random(7);
    List<NewEntry> entries =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    withoutExpiry(
                        entry(SCOPE, "p" + i, "a" + i, now()),
                        scaled(Entries.random(DIMENSION, random), 1 + 5 * i)))
            .toList();
    store.put(entries);

    for (float length : new float[] {0.01f, 1, 20}) {
      Embedding probe = scaled(Entries.random(DIMENSION, random), length);
      Map<String, Double> distances =
          store.nearest(nearest(SCOPE, probe, 10)).matches().stream()
              .collect(Collectors.toMap(match -> match.entry().key(), Match::distance));
      assertThat(entries)
          .allSatisfy(
              entry ->
                  assertThat(distances.get(entry.entry().key()))
                      .isCloseTo(distance(entry, probe), within(0.002)));
    }
  }

  private static Embedding scaled(Embedding embedding, float length) {
    float[] components = embedding.ofLengthOne().toArray();
    for (int i = 0; i < components.length; i++) {
      components[i] *= length;
    }
    return Embedding.of(components);
  }

  @Test
  void nearestOfManyEntriesIsTheResultOfAnExactScan() {
    Random random = new Random(42);
    List<NewEntry> entries =
        IntStream.range(0, 500)
            .mapToObj(
                i ->
                    withoutExpiry(
                        entry(SCOPE, "p" + i, "a" + i, now()), Entries.random(DIMENSION, random)))
            .toList();
    store.put(entries);

    for (int i = 0; i < 20; i++) {
      Embedding probe = Entries.random(DIMENSION, random);
      CacheEntry nearest =
          entries.stream()
              .min(Comparator.comparingDouble(entry -> distance(entry, probe)))
              .map(NewEntry::entry)
              .orElseThrow();
      assertThat(store.nearest(nearest(SCOPE, probe, 10)).matches().get(0).entry().key())
          .isEqualTo(nearest.key());
    }
  }

  private static double distance(NewEntry entry, Embedding probe) {
    return entry.embedding().orElseThrow().cosineDistance(probe);
  }

  @Test
  void embeddingOfAnotherDimensionIsRejectedAndNothingWritten() {
    CacheEntry good = entry(SCOPE, "good", "a", now());
    CacheEntry bad = entry(SCOPE, "bad", "a", now());

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                store.put(
                    List.of(
                        withoutExpiry(good, atAngle(DIMENSION, 0)),
                        withoutExpiry(bad, atAngle(DIMENSION + 1, 0)))))
        .withMessageContainingAll("dimension", "9", "8");
    assertThat(store.find(good.key())).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.nearest(nearest(SCOPE, atAngle(DIMENSION + 1, 0), 1)));
  }
}
