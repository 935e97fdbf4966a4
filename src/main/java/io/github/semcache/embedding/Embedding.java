package io.github.semcache.embedding;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * The vector of a text: an immutable array of float32 components, all finite and not all zero.
 *
 * <p>Immutable and safe for use by many threads.
 */
public final class Embedding {
  private final float[] components;
  private final double norm;

  private Embedding(float[] components, double norm) {
    this.components = components;
    this.norm = norm;
  }

  /**
   * Copies and checks a vector.
   *
   * @param components at least one component
   * @return the embedding
   * @throws IllegalArgumentException if the array is empty, a component is not finite, or the
   *     vector has no direction (all components zero, or so small or large that its squared length
   *     is not a normal float32 number)
   */
  public static Embedding of(float... components) {
    requireNonNull(components, "components");
    if (components.length == 0) {
      throw new IllegalArgumentException("embedding has no components; it must have at least one");
    }
    for (int i = 0; i < components.length; i++) {
      if (!Float.isFinite(components[i])) {
        throw new IllegalArgumentException(
            "embedding component " + i + " is " + components[i] + "; it must be finite");
      }
    }
    double squaredNorm = dot(components, components);
    if (!(squaredNorm >= Float.MIN_NORMAL && squaredNorm <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "embedding has the squared length " + squaredNorm + "; it must have a direction");
    }
    return new Embedding(components.clone(), Math.sqrt(squaredNorm));
  }

  /**
   * The number of components.
   *
   * @return at least 1
   */
  public int dimension() {
    return components.length;
  }

  /**
   * The components.
   *
   * @return a fresh copy
   */
  public float[] toArray() {
    return components.clone();
  }

  /**
   * The Euclidean norm, which is the length of the vector.
   *
   * @return more than 0
   */
  public double norm() {
    return norm;
  }

  /**
   * The embedding of the same direction and the length 1, but for rounding.
   *
   * @return an embedding of the same dimension
   */
  public Embedding ofLengthOne() {
    float[] scaled = new float[components.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (components[i] / norm);
    }
    return of(scaled);
  }

  /**
   * The cosine distance to another embedding: 1 − a·b / (|a| |b|).
   *
   * @param other an embedding of the same dimension
   * @return 0 (same direction) to 2 (opposite direction)
   * @throws IllegalArgumentException if the dimensions differ
   */
  public double cosineDistance(Embedding other) {
    if (other.components.length != components.length) {
      throw new IllegalArgumentException(
          "embedding has dimension "
              + other.components.length
              + "; it must have "
              + components.length);
    }
    double distance = 1 - dot(components, other.components) / (norm * other.norm);
    return Math.min(2, Math.max(0, distance));
  }

  /**
   * Eight independent sums: the JIT compiler may not reorder floating-point additions, so a single
   * sum would wait for each addition before the next one.
   */
  private static double dot(float[] a, float[] b) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = 0;
    for (int end = a.length - 7; i < end; i += 8) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
      s4 += a[i + 4] * b[i + 4];
      s5 += a[i + 5] * b[i + 5];
      s6 += a[i + 6] * b[i + 6];
      s7 += a[i + 7] * b[i + 7];
    }
    double sum = (double) (s0 + s1) + (s2 + s3) + ((double) (s4 + s5) + (s6 + s7));
    for (; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Embedding that && Arrays.equals(components, that.components);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(components);
  }

  @Override
  public String toString() {
    return "Embedding[dimension=" + components.length + "]";
  }
}
