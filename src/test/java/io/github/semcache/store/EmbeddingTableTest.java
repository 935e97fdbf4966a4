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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** Vectors for which estimates from signs could be bad. */
  private enum Shape {
    INDEPENDENT {
      @Override
      void fill(float[] vector, Random random) {
        for (int k = 0; k < vector.length; k++) {
          vector[k] = (float) random.nextGaussian();
        }
      }
    },
    NEARLY_EQUAL {
      @Override
      void fill(float[] vector, Random random) {
        INDEPENDENT.fill(vector, random);
        for (int k = 0; k < vector.length; k++) {
          vector[k] = 10 + vector[k];
        }
      }
    },
    SPARSE {
      @Override
      void fill(float[] vector, Random random) {
        for (int i = 0; i < 3; i++) {
          vector[random.nextInt(vector.length)] = random.nextFloat() + 0.1f;
        }
      }
    },
    POSITIVE {
      @Override
      void fill(float[] vector, Random random) {
        for (int k = 0; k < vector.length; k++) {
          vector[k] = (float) Math.pow(random.nextFloat(), 4);
        }
      }
    };

    abstract void fill(float[] vector, Random random);

    Embedding next(int dimension, Random random) {
      float[] vector = new float[dimension];
      fill(vector, random);
      return Embedding.of(vector);
    }
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void largeTableFindsTheNearestRowsOfAnExactScan(Shape shape) {
    for (int dimension : new int[] {64, 100, 257}) {
      assertNearestMatchesExactScan(shape, dimension);
    }
  }

  private void assertNearestMatchesExactScan(Shape shape, int dimension) {
    EmbeddingTable<TestRow> large = new EmbeddingTable<>(dimension);
    Map<TestRow, Embedding> rows = new LinkedHashMap<>();
    for (int i = 0; i < 3 * EmbeddingTable.MIN_QUANTIZED; i++) {
      TestRow row = new TestRow();
      rows.put(row, shape.next(dimension, random));
      large.add(row, requireNonNull(rows.get(row)));
    }
    for (TestRow row : List.copyOf(rows.keySet()).subList(0, 300)) {
      large.remove(row);
      rows.remove(row);
    }
    for (int i = 0; i < 20; i++) {
      Embedding query = shape.next(dimension, random);
      double[] exact =
          rows.values().stream().mapToDouble(query::cosineDistance).sorted().limit(10).toArray();
      double[] found =
          large.nearest(query, 10, row -> true).stream()
              .mapToDouble(EmbeddingTable.Scored::distance)
              .toArray();

      assertThat(found).containsExactly(exact, within(1e-6));
    }
  }

  @Test
  void largeTableFindsTheNearestRowsOfAFilter() {
    EmbeddingTable<TestRow> large = new EmbeddingTable<>(128);
    List<TestRow> rows = new ArrayList<>();
    for (int i = 0; i < 2 * EmbeddingTable.MIN_QUANTIZED; i++) {
      rows.add(new TestRow());
      large.add(rows.get(i), Shape.INDEPENDENT.next(128, random));
    }
    TestRow only = rows.get(1_500);
    Embedding query = Shape.INDEPENDENT.next(128, random);

    assertThat(large.nearest(query, 3, row -> row == only))
        .extracting(EmbeddingTable.Scored::row)
        .containsExactly(only);
    assertThat(large.nearest(query, Integer.MAX_VALUE, row -> true)).hasSize(rows.size());
  }
}
