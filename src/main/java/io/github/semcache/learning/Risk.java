package io.github.semcache.learning;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * The probability that a hit is wrong: a ridge logistic regression over standardized features,
 * fitted by Newton's method. Immutable.
 */
final class Risk {
  private static final double RIDGE = 1;
  private static final int MAX_STEPS = 12;
  private static final double PRECISION = 1e-3;

  /** The deviation that features of 0 and 1 are taken to have, however rare they are. */
  private static final double FLAG_DEVIATION = 0.5;

  private final double[] means;
  private final double[] scales;
  private final double[] weights;

  private Risk(double[] means, double[] scales, double[] weights) {
    this.means = means;
    this.scales = scales;
    this.weights = weights;
  }

  /** Learns from at least one case. */
  static Risk fit(List<TrainingExample> cases) {
    int dimension = cases.get(0).features().length;
    Risk start = new Risk(new double[dimension], new double[dimension], new double[dimension + 1]);
    standardize(cases, start.means, start.scales);
    return start.fitted(cases, index -> true);
  }

  /** Learns from some of the cases that this was learned from, by their index. */
  Risk refit(List<TrainingExample> cases, IntPredicate used) {
    return new Risk(means, scales, weights.clone()).fitted(cases, used);
  }

  /** The least penalised loss is in one place, wherever the search for it begins. */
  private Risk fitted(List<TrainingExample> cases, IntPredicate used) {
    double[][] rows = new double[cases.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = used.test(i) ? standardized(cases.get(i).features()) : new double[0];
    }
    for (int step = 0; step < MAX_STEPS; step++) {
      if (newtonStep(rows, cases) < PRECISION) {
        break;
      }
    }
    return this;
  }

  private static void standardize(List<TrainingExample> cases, double[] means, double[] scales) {
    for (int k = 0; k < means.length; k++) {
      double sum = 0;
      double squares = 0;
      for (TrainingExample one : cases) {
        sum += one.features()[k];
      }
      means[k] = sum / cases.size();
      for (TrainingExample one : cases) {
        double off = one.features()[k] - means[k];
        squares += off * off;
      }
      double variance = squares / cases.size();
      double deviation = k < Features.NUMBERS ? Math.sqrt(variance) : FLAG_DEVIATION;
      scales[k] = variance < 1e-12 ? 0 : 1 / deviation;
    }
  }

  /** Moves the weights once; returns the largest move. */
  private double newtonStep(double[][] rows, List<TrainingExample> cases) {
    int size = weights.length;
    double[][] curvature = new double[size][size];
    double[] gradient = new double[size];
    addPrior(curvature, gradient);
    for (int i = 0; i < rows.length; i++) {
      double[] row = rows[i];
      if (row.length == 0) {
        continue;
      }
      double probability = logistic(dot(row));
      double error = (cases.get(i).wrong() ? 1 : 0) - probability;
      double weight = Math.max(1e-6, probability * (1 - probability));
      for (int k = 0; k < size; k++) {
        gradient[k] += error * row[k];
        double weighted = weight * row[k];
        for (int l = 0; l <= k; l++) {
          curvature[k][l] += weighted * row[l];
        }
      }
    }
    double[] move = solve(curvature, gradient);
    double largest = 0;
    for (int k = 0; k < size; k++) {
      weights[k] += move[k];
      largest = Math.max(largest, Math.abs(move[k]));
    }
    return largest;
  }

  /** The ridge, and half a right and half a wrong case at the mean, so that a fit always exists. */
  private void addPrior(double[][] curvature, double[] gradient) {
    double probability = logistic(weights[0]);
    curvature[0][0] = probability * (1 - probability) + 1e-6;
    gradient[0] = 0.5 - probability;
    for (int k = 1; k < weights.length; k++) {
      curvature[k][k] = RIDGE;
      gradient[k] = -RIDGE * weights[k];
    }
  }

  /** Solves a symmetric positive definite system, given by its lower half, after Cholesky. */
  private static double[] solve(double[][] matrix, double[] right) {
    int n = right.length;
    double[] x = right.clone();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i][j];
        for (int k = 0; k < j; k++) {
          sum -= matrix[i][k] * matrix[j][k];
        }
        matrix[i][j] = i == j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / matrix[j][j];
      }
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        x[i] -= matrix[i][k] * x[k];
      }
      x[i] /= matrix[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        x[i] -= matrix[k][i] * x[k];
      }
      x[i] /= matrix[i][i];
    }
    return x;
  }

  /** The probability, 0 to 1, that a hit with these features is wrong. */
  double of(float[] features) {
    double sum = weights[0];
    for (int k = 0; k < features.length; k++) {
      sum += weights[k + 1] * (features[k] - means[k]) * scales[k];
    }
    return logistic(sum);
  }

  private double[] standardized(float[] features) {
    double[] row = new double[features.length + 1];
    row[0] = 1;
    for (int k = 0; k < features.length; k++) {
      row[k + 1] = (features[k] - means[k]) * scales[k];
    }
    return row;
  }

  private double dot(double[] row) {
    double sum = 0;
    for (int k = 0; k < row.length; k++) {
      sum += weights[k] * row[k];
    }
    return sum;
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
