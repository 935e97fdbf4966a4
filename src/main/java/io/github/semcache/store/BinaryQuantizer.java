package io.github.semcache.store;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Reduces unit vectors to one bit per component, from which cosine similarities are estimated with
 * an error bound. This is RaBitQ (Gao and Long, "RaBitQ: Quantizing High-Dimensional Vectors with a
 * Theoretical Error Bound for Approximate Nearest Neighbor Search", SIGMOD 2024).
 *
 * <p>A vector is moved by a centroid, rotated at random, and reduced to the signs of its
 * components. The dot product of the signs with a rotated query, divided by their dot product with
 * the vector itself, is an unbiased estimate. A query is quantized to four bits per component, so
 * that its dot product with the signs is a sum of four bit counts.
 *
 * <p>Immutable and thread-safe.
 */
final class BinaryQuantizer {
  /** The least dimension for which estimates are good enough to save comparisons. */
  static final int MIN_DIMENSION = 64;

  /** The number of factors of a quantized vector. */
  static final int FACTORS = 4;

  private static final int QUERY_BITS = 4;
  private static final int MAX_LEVEL = (1 << QUERY_BITS) - 1;

  /**
   * The number of standard deviations between an estimate and its upper bound. The errors are
   * nearly normal, so a similarity exceeds its bound with a probability of 3e-5.
   */
  private static final double DEVIATIONS = 4;

  private static final int ROUNDS = 4;
  private static final long SEED = 0x5EED;

  private final int dimension;
  private final float[] centroid;
  private final double centroidSquared;
  private final float[][] signs = new float[ROUNDS][];

  /**
   * Creates a quantizer.
   *
   * @param sample unit vectors, whose mean becomes the centroid; at least one
   */
  BinaryQuantizer(List<float[]> sample) {
    dimension = sample.get(0).length;
    centroid = mean(sample);
    centroidSquared = dot(centroid, centroid);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < ROUNDS; i++) {
      signs[i] = new float[dimension];
      for (int k = 0; k < dimension; k++) {
        signs[i][k] = random.nextBoolean() ? 1 : -1;
      }
    }
  }

  private float[] mean(List<float[]> vectors) {
    double[] sum = new double[dimension];
    for (float[] vector : vectors) {
      for (int k = 0; k < dimension; k++) {
        sum[k] += vector[k];
      }
    }
    float[] mean = new float[dimension];
    for (int k = 0; k < dimension; k++) {
      mean[k] = (float) (sum[k] / vectors.size());
    }
    return mean;
  }

  /** Returns the number of words that hold the signs of a vector of a dimension. */
  static int words(int dimension) {
    return (dimension + Long.SIZE - 1) / Long.SIZE;
  }

  /**
   * Quantizes a vector.
   *
   * @param unit a vector of length 1
   * @param words receives the signs
   * @param wordOffset the index of the first word
   * @param factors receives the factors of the estimate
   * @param factorOffset the index of the first factor
   */
  void quantize(float[] unit, long[] words, int wordOffset, float[] factors, int factorOffset) {
    float[] rotated = minusCentroid(unit);
    double length = Math.sqrt(dot(rotated, rotated));
    rotate(rotated);
    double absolute = 0;
    int ones = 0;
    Arrays.fill(words, wordOffset, wordOffset + words(dimension), 0);
    for (int k = 0; k < dimension; k++) {
      absolute += Math.abs(rotated[k]);
      if (rotated[k] > 0) {
        words[wordOffset + k / Long.SIZE] |= 1L << k;
        ones++;
      }
    }
    // The cosine of the angle between the rotated vector and its signs.
    double cosine = length == 0 ? 1 : absolute / length / Math.sqrt(dimension);
    double sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
    factors[factorOffset] = (float) (length / cosine / Math.sqrt(dimension));
    factors[factorOffset + 1] = (float) dot(unit, centroid);
    factors[factorOffset + 2] = (float) (length * sine / cosine / Math.sqrt(dimension - 1));
    factors[factorOffset + 3] = ones;
  }

  private float[] minusCentroid(float[] unit) {
    float[] moved = new float[dimension];
    for (int k = 0; k < dimension; k++) {
      moved[k] = unit[k] - centroid[k];
    }
    return moved;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += (double) a[k] * b[k];
    }
    return sum;
  }

  /**
   * Multiplies a vector by a random orthogonal matrix: random signs and Hadamard transforms of its
   * first and its last components, in turn. If they do not overlap completely, the two halves are
   * mixed in addition.
   */
  private void rotate(float[] vector) {
    int power = Integer.highestOneBit(dimension);
    for (int i = 0; i < ROUNDS; i++) {
      for (int k = 0; k < dimension; k++) {
        vector[k] *= signs[i][k];
      }
      transform(vector, i % 2 == 0 ? 0 : dimension - power, power);
      if (power != dimension) {
        mixHalves(vector);
      }
    }
  }

  private static void transform(float[] vector, int from, int count) {
    for (int half = 1; half < count; half *= 2) {
      for (int start = from; start < from + count; start += 2 * half) {
        for (int k = start; k < start + half; k++) {
          float a = vector[k];
          float b = vector[k + half];
          vector[k] = a + b;
          vector[k + half] = a - b;
        }
      }
    }
    float scale = (float) (1 / Math.sqrt(count));
    for (int k = from; k < from + count; k++) {
      vector[k] *= scale;
    }
  }

  private void mixHalves(float[] vector) {
    float scale = (float) Math.sqrt(0.5);
    int half = dimension / 2;
    for (int k = 0; k < half; k++) {
      float a = vector[k];
      float b = vector[dimension - half + k];
      vector[k] = scale * (a + b);
      vector[dimension - half + k] = scale * (a - b);
    }
  }

  /** Prepares a search for a vector of length 1. */
  BinaryQuery query(float[] unit) {
    return new BinaryQuery(unit);
  }

  /** A query, quantized to four bits per component. Immutable and thread-safe. */
  final class BinaryQuery {
    private final int wordCount = words(dimension);

    /** Four words for each word of a vector: the bits of the levels, from low to high. */
    private final long[] planes = new long[QUERY_BITS * wordCount];

    private final float perLevel;
    private final float perOne;
    private final float constant;
    private final float perScale;
    private final float perError;

    private BinaryQuery(float[] unit) {
      float[] rotated = minusCentroid(unit);
      double length = Math.sqrt(dot(rotated, rotated));
      rotate(rotated);
      float low = Float.POSITIVE_INFINITY;
      float high = Float.NEGATIVE_INFINITY;
      for (float component : rotated) {
        low = Math.min(low, component);
        high = Math.max(high, component);
      }
      double step = Math.max((high - low) / MAX_LEVEL, Float.MIN_NORMAL);
      long levels = 0;
      for (int k = 0; k < dimension; k++) {
        int level = (int) Math.min(MAX_LEVEL, Math.round((rotated[k] - low) / step));
        levels += level;
        for (int bit = 0; bit < QUERY_BITS; bit++) {
          planes[k / Long.SIZE * QUERY_BITS + bit] |= (long) (level >> bit & 1) << k;
        }
      }
      perLevel = (float) (2 * step);
      perOne = 2 * low;
      // Rounding to a level has the standard deviation step / sqrt(12).
      double rounding = DEVIATIONS * Math.sqrt(dimension / 12.0) * step;
      perScale = (float) (rounding - low * dimension - step * levels);
      perError = (float) (DEVIATIONS * length);
      constant = (float) (dot(unit, centroid) - centroidSquared);
    }

    /**
     * Computes upper bounds of the cosine similarities of the query and quantized vectors. A bound
     * is too low with a probability of 3e-5.
     *
     * @param words the signs of the vectors
     * @param factors the factors of the vectors
     * @param bounds receives the bounds
     * @param count the number of vectors
     */
    void bounds(long[] words, float[] factors, float[] bounds, int count) {
      for (int i = 0; i < count; i++) {
        int levels = levels(words, i * wordCount);
        int factor = i * FACTORS;
        float product = perLevel * levels + perOne * factors[factor + 3] + perScale;
        bounds[i] =
            factors[factor] * product
                + factors[factor + 1]
                + perError * factors[factor + 2]
                + constant;
      }
    }

    /** Returns the sum of the levels of the components whose sign is positive. */
    private int levels(long[] words, int offset) {
      int ones = 0;
      int twos = 0;
      int fours = 0;
      int eights = 0;
      for (int w = 0; w < wordCount; w++) {
        long word = words[offset + w];
        int plane = w * QUERY_BITS;
        ones += Long.bitCount(word & planes[plane]);
        twos += Long.bitCount(word & planes[plane + 1]);
        fours += Long.bitCount(word & planes[plane + 2]);
        eights += Long.bitCount(word & planes[plane + 3]);
      }
      return ones + 2 * twos + 4 * fours + 8 * eights;
    }
  }
}
