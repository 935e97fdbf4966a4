package io.github.semcache.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.testkit.Entries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EmbeddingTableTest {
  private static final int DIMENSION = 9;

  private final Random random = new Random(1);
  private final EmbeddingTable<TestRow> table = new EmbeddingTable<>(DIMENSION);
  private final Map<TestRow, Embedding> expected = new LinkedHashMap<>();

  private static final class TestRow extends EmbeddingTable.Row {}

  private void addRandomRow() {
    TestRow row = new TestRow();
    Embedding embedding = Entries.random(DIMENSION, random);
    table.add(row, embedding);
    expected.put(row, embedding);
  }

  private void removeRandomRow() {
    TestRow row = new ArrayList<>(expected.keySet()).get(random.nextInt(expected.size()));
    table.remove(row);
    expected.remove(row);
    assertThat(row.hasEmbedding()).isFalse();
  }

  private double distance(Embedding query, TestRow row) {
    return query.cosineDistance(requireNonNull(expected.get(row)));
  }

  private void assertNearestMatchesExactScan() {
    Embedding query = Entries.random(DIMENSION, random);
    List<TestRow> byDistance =
        expected.keySet().stream()
            .sorted(Comparator.comparingDouble(row -> distance(query, row)))
            .toList();
    List<EmbeddingTable.Scored<TestRow>> found = table.nearest(query, 7, row -> true);

    assertThat(found)
        .extracting(EmbeddingTable.Scored::row)
        .containsExactlyElementsOf(byDistance.subList(0, Math.min(7, byDistance.size())));
    assertThat(found)
        .allSatisfy(
            scored ->
                assertThat(scored.distance())
                    .isCloseTo(distance(query, scored.row()), within(1e-6)));
  }

  @Test
  void nearestRowsAreFoundWhileTheTableGrowsAndShrinks() {
    for (int i = 0; i < 700; i++) {
      addRandomRow();
      if (i % 23 == 0) {
        assertNearestMatchesExactScan();
      }
    }
    while (!expected.isEmpty()) {
      removeRandomRow();
      if (expected.size() % 23 == 0) {
        assertNearestMatchesExactScan();
      }
    }
    addRandomRow();
    assertNearestMatchesExactScan();
  }

  @Test
  void nearestRowsSatisfyTheFilter() {
    for (int i = 0; i < 300; i++) {
      addRandomRow();
    }
    TestRow only = new ArrayList<>(expected.keySet()).get(270);

    assertThat(table.nearest(Entries.random(DIMENSION, random), 3, row -> row == only))
        .extracting(EmbeddingTable.Scored::row)
        .containsExactly(only);
  }

  @Test
  void distanceOfParallelVectorsIsZero() {
    TestRow row = new TestRow();
    table.add(row, Embedding.of(3e-10f, 0, 0, 0, 0, 0, 0, 0, 4e-10f));

    assertThat(table.nearest(Embedding.of(3e8f, 0, 0, 0, 0, 0, 0, 0, 4e8f), 1, any -> true))
        .singleElement()
        .satisfies(scored -> assertThat(scored.distance()).isCloseTo(0, within(1e-6)));
  }
}
