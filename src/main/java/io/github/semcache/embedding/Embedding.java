package io.github.semcache.embedding;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * The embedding of a text: a vector of float32 components that are finite and not all zero.
 * Immutable and thread-safe.
 */
public final class Embedding {
  private final float[] components;
  private final double norm;

  private Embedding(float[] components, double norm) {
    this.components = components;
    this.norm = norm;
  }

  /**
   * Creates an embedding from a copy of a vector.
   *
   * @param components at least one component
   * @return the embedding
   * @throws IllegalArgumentException if there is no component, a component is not finite, or the
   *     vector has no direction: all components are zero, or its squared norm is not a normal
   *     float32 number
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
          "embedding has the squared norm " + squaredNorm + "; it must have a direction");
    }
    return new Embedding(components.clone(), Math.sqrt(squaredNorm));
  }

  /**
   * Returns the number of components.
   *
   * @return the dimension, at least 1
   */
  public int dimension() {
    return components.length;
  }

  /**
   * Returns the components.
   *
   * @return a new array
   */
  public float[] toArray() {
    return components.clone();
  }

  /**
   * Returns the Euclidean norm (the length of the vector).
   *
   * @return the norm, positive
   */
  public double norm() {
    return norm;
  }

  /**
   * Returns the unit vector with the same direction. Its norm is 1 within rounding errors.
   *
   * @return an embedding with the same dimension
   */
  public Embedding ofLengthOne() {
    float[] scaled = new float[components.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (components[i] / norm);
    }
    return of(scaled);
  }

  /**
   * Returns the cosine distance to another embedding: 1 − a·b / (|a| |b|).
   *
   * @param other an embedding with the same dimension
   * @return the distance, from 0 (same direction) to 2 (opposite direction)
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
   * Returns the dot product. Uses eight independent accumulators, because the JIT compiler must not
   * reorder floating-point additions: with a single accumulator, each addition would wait for the
   * previous addition.
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
