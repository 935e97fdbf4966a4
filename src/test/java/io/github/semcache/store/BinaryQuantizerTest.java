package io.github.semcache.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.testkit.Entries;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinaryQuantizerTest {
  private static final int VECTORS = 1_000;
  private static final int QUERIES = 100;

  private final Random random = new Random(1);

  @ParameterizedTest
  @ValueSource(ints = {64, 127, 384, 1_000, 1_536})
  void boundExceedsTheSimilarityByFewStandardDeviations(int dimension) {
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < VECTORS; i++) {
      vectors.add(Entries.random(dimension, random).ofLengthOne().toArray());
    }
    BinaryQuantizer quantizer = new BinaryQuantizer(vectors);
    int wordCount = BinaryQuantizer.words(dimension);
    long[] words = new long[VECTORS * wordCount];
    float[] factors = new float[VECTORS * BinaryQuantizer.FACTORS];
    for (int i = 0; i < VECTORS; i++) {
      quantizer.quantize(
          vectors.get(i), words, i * wordCount, factors, i * BinaryQuantizer.FACTORS);
    }
    int tooLow = 0;
    double sum = 0;
    float[] bounds = new float[VECTORS];
    for (int q = 0; q < QUERIES; q++) {
      Embedding query = Entries.random(dimension, random).ofLengthOne();
      quantizer.query(query.toArray()).bounds(words, factors, bounds, VECTORS);
      for (int i = 0; i < VECTORS; i++) {
        double excess = bounds[i] - (1 - query.cosineDistance(Embedding.of(vectors.get(i))));
        sum += excess;
        tooLow += excess < 0 ? 1 : 0;
      }
    }
    // Expected are 3 of 100,000. The sine over the cosine of a vector and its signs is 0.75.
    assertThat(tooLow).isLessThanOrEqualTo(15);
    assertThat(sum / VECTORS / QUERIES * Math.sqrt(dimension)).isBetween(4 * 0.7, 4 * 0.95);
  }
}
