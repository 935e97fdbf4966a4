package io.github.semcache.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Projects vectors onto their principal components, which Jacobi rotations compute. */
final class PrincipalComponents {
  private static final int MAX_SWEEPS = 12;
  private static final double NEGLIGIBLE = 1e-12;

  private final int dimension;
  private final double[] mean;
  private final double[][] covariance;

  /** The columns are the eigenvectors of the covariance. */
  private final double[][] rotation;

  private PrincipalComponents(float[][] vectors) {
    dimension = vectors[0].length;
    mean = new double[dimension];
    covariance = new double[dimension][dimension];
    rotation = new double[dimension][dimension];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        mean[i] += vector[i] / vectors.length;
      }
    }
    for (float[] vector : vectors) {
      addTo(covariance, centered(vector));
    }
    for (int i = 0; i < dimension; i++) {
      rotation[i][i] = 1;
    }
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      sweep();
    }
  }

  private double[] centered(float[] vector) {
    double[] centered = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      centered[i] = vector[i] - mean[i];
    }
    return centered;
  }

  private static void addTo(double[][] covariance, double[] vector) {
    for (int i = 0; i < vector.length; i++) {
      for (int j = 0; j < vector.length; j++) {
        covariance[i][j] += vector[i] * vector[j];
      }
    }
  }

  private void sweep() {
    for (int p = 0; p < dimension; p++) {
      for (int q = p + 1; q < dimension; q++) {
        double limit = NEGLIGIBLE * Math.sqrt(Math.abs(covariance[p][p] * covariance[q][q]));
        if (Math.abs(covariance[p][q]) > limit) {
          rotate(p, q);
        }
      }
    }
  }

  /** Makes the covariance of two components zero. */
  private void rotate(int p, int q) {
    double theta = (covariance[q][q] - covariance[p][p]) / (2 * covariance[p][q]);
    double tangent = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double cosine = 1 / Math.sqrt(tangent * tangent + 1);
    double sine = tangent * cosine;
    rotateColumns(covariance, p, q, cosine, sine);
    for (int k = 0; k < dimension; k++) {
      double first = covariance[p][k];
      double second = covariance[q][k];
      covariance[p][k] = cosine * first - sine * second;
      covariance[q][k] = sine * first + cosine * second;
    }
    rotateColumns(rotation, p, q, cosine, sine);
  }

  private static void rotateColumns(double[][] matrix, int p, int q, double cosine, double sine) {
    for (double[] row : matrix) {
      double first = row[p];
      double second = row[q];
      row[p] = cosine * first - sine * second;
      row[q] = sine * first + cosine * second;
    }
  }

  /** Returns the vectors in the coordinates of the components with the greatest variance. */
  static float[][] project(float[][] vectors, int components) {
    PrincipalComponents found = new PrincipalComponents(vectors);
    int[] greatest =
        IntStream.range(0, found.dimension)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -found.covariance[i][i]))
            .limit(components)
            .mapToInt(i -> i)
            .toArray();
    return Arrays.stream(vectors)
        .map(vector -> found.project(vector, greatest))
        .toArray(float[][]::new);
  }

  private float[] project(float[] vector, int[] components) {
    double[] centered = centered(vector);
    float[] projected = new float[components.length];
    for (int i = 0; i < components.length; i++) {
      double sum = 0;
      for (int k = 0; k < dimension; k++) {
        sum += centered[k] * rotation[k][components[i]];
      }
      projected[i] = (float) sum;
    }
    return projected;
  }
}
