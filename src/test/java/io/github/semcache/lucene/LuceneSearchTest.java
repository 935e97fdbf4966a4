package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.nearest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.ClusteredVectors;
import io.github.semcache.testkit.Entries;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares searches of 5,000 entries in several segments with exact searches. Half of the entries
 * are in one scope, a third are in another, and the rest are in scopes of ten.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LuceneSearchTest {
  private static final int DIMENSION = 64;
  private static final int ENTRIES = 5_000;
  private static final int QUERIES = 300;
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("clustered", DIMENSION);
  private static final Scope HALF = Scope.of("size", "half");
  private static final Scope THIRD = Scope.of("size", "third");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Random random = new Random(11);
  private final ClusteredVectors vectors = new ClusteredVectors(DIMENSION, random);
  private final List<NewEntry> entries = new ArrayList<>();
  private final InMemoryVectorStore exact = InMemoryVectorStore.builder(SPACE).build();
  private LuceneVectorStore store;

  @BeforeAll
  void fill(@TempDir Path directory) {
    store =
        LuceneVectorStore.builder(directory, SPACE)
            .flushLimits(new FlushLimits(400, 1 << 30, Duration.ofSeconds(5)))
            .build();
    for (int i = 0; i < ENTRIES; i++) {
      CacheEntry entry = Entries.entry(scope(i), "prompt " + i, "a", START.plusSeconds(i));
      entries.add(Entries.withoutExpiry(entry, vectors.next()));
    }
    store.put(entries);
    exact.put(entries);
    store.flush();
  }

  private static Scope scope(int number) {
    return switch (number % 6) {
      case 0, 1, 2 -> HALF;
      case 3, 4 -> THIRD;
      default -> Scope.of("ten", Integer.toString(number / 60));
    };
  }

  @AfterAll
  void close() {
    store.close();
  }

  private double recall(Scope scope, Optional<Instant> notBefore) {
    List<NewEntry> members =
        entries.stream().filter(newEntry -> newEntry.entry().scope().equals(scope.hash())).toList();
    int found = 0;
    for (int i = 0; i < QUERIES; i++) {
      Embedding near =
          vectors.like(members.get(random.nextInt(members.size())).embedding().orElseThrow());
      NearestQuery query = new NearestQuery(near, scope.hash(), 1, notBefore);
      if (best(store, query).equals(best(exact, query))) {
        found++;
      }
    }
    return (double) found / QUERIES;
  }

  private static List<CacheEntry> best(VectorStore store, NearestQuery query) {
    return store.nearest(query).matches().stream().map(Match::entry).toList();
  }

  @Test
  void nearestEntryOfALargeScopeIsUsuallyFound() {
    assertThat(recall(HALF, Optional.empty())).isGreaterThanOrEqualTo(0.98);
    assertThat(recall(THIRD, Optional.empty())).isGreaterThanOrEqualTo(0.98);
  }

  @Test
  void nearestEntryOfASmallScopeIsAlwaysFound() {
    assertThat(recall(Scope.of("ten", "7"), Optional.empty())).isEqualTo(1);
  }

  @Test
  void nearestOfTheFewRecentEntriesIsUsuallyFound() {
    Instant startOfLast100 = START.plusSeconds(ENTRIES - 100);

    assertThat(recall(HALF, Optional.of(startOfLast100))).isGreaterThanOrEqualTo(0.98);
  }

  @Test
  void searchReturnsKEntriesWithTheirExactDistances() {
    for (int k : new int[] {1, 10, 300, 2_500}) {
      Embedding probe = vectors.next();
      List<Match> matches = store.nearest(nearest(HALF, probe, k)).matches();

      assertThat(matches).hasSize(k);
      for (Match match : matches) {
        int number = Integer.parseInt(match.entry().prompt().substring("prompt ".length()));
        assertThat(match.distance())
            .isEqualTo(
                probe.cosineDistance(entries.get(number).embedding().orElseThrow()), within(1e-6));
      }
      assertThat(matches.stream().map(Match::distance).toList()).isSorted();
    }
  }
}
