package io.github.semcache.learning;

import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The probability that a hit is wrong: a logistic regression with an L2 penalty over standardized
 * features, fitted by Newton's method. Immutable.
 */
final class LogisticRisk {
  private static final double RIDGE = 1;
  private static final int MAX_STEPS = 12;

  /** A fit to most of the examples starts near its result. */
  private static final int REFIT_STEPS = 2;

  private static final double PRECISION = 1e-3;

  /** The standard deviation assumed for binary features, so that rare ones are not scaled up. */
  private static final double FLAG_DEVIATION = 0.5;

  private final double[] means;
  private final double[] scales;
  private final double[] weights;

  private LogisticRisk(double[] means, double[] scales, double[] weights) {
    this.means = means;
    this.scales = scales;
    this.weights = weights;
  }

  /**
   * Fits to at least one example.
   *
   * @param previous a fit to similar examples, from which the search starts; null if there is none
   */
  static LogisticRisk fit(List<TrainingExample> examples, @Nullable LogisticRisk previous) {
    int dimension = examples.get(0).features().length;
    LogisticRisk start =
        new LogisticRisk(new double[dimension], new double[dimension], new double[dimension + 1]);
    standardize(examples, start.means, start.scales);
    if (previous != null) {
      start.startFrom(previous);
    }
    return start.fitted(examples, index -> true, MAX_STEPS);
  }

  /** Converts the weights of another fit to the means and scales of this one. */
  private void startFrom(LogisticRisk previous) {
    weights[0] = previous.weights[0];
    for (int k = 0; k < means.length; k++) {
      double slope = previous.weights[k + 1] * previous.scales[k];
      weights[0] += slope * (means[k] - previous.means[k]);
      weights[k + 1] = scales[k] == 0 ? 0 : slope / scales[k];
    }
  }

  /** Fits to a subset of the same examples, selected by index, starting from these weights. */
  LogisticRisk refit(List<TrainingExample> examples, IntPredicate used) {
    return new LogisticRisk(means, scales, weights.clone()).fitted(examples, used, REFIT_STEPS);
  }

  /** The penalized loss is convex, so the result does not depend on the start. */
  private LogisticRisk fitted(List<TrainingExample> examples, IntPredicate used, int maxSteps) {
    double[][] rows = new double[examples.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = used.test(i) ? standardized(examples.get(i).features()) : new double[0];
    }
    for (int step = 0; step < maxSteps; step++) {
      if (newtonStep(rows, examples) < PRECISION) {
        break;
      }
    }
    return this;
  }

  private static void standardize(List<TrainingExample> examples, double[] means, double[] scales) {
    for (int k = 0; k < means.length; k++) {
      double sum = 0;
      double squares = 0;
      for (TrainingExample example : examples) {
        sum += example.features()[k];
      }
      means[k] = sum / examples.size();
      for (TrainingExample example : examples) {
        double off = example.features()[k] - means[k];
        squares += off * off;
      }
      double variance = squares / examples.size();
      double deviation = k < Features.NUMBERS ? Math.sqrt(variance) : FLAG_DEVIATION;
      scales[k] = variance < 1e-12 ? 0 : 1 / deviation;
    }
  }

  /** Makes one Newton step; returns the largest change of a weight. */
  private double newtonStep(double[][] rows, List<TrainingExample> examples) {
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
      double importance = importance(examples.get(i));
      double error = importance * ((examples.get(i).wrong() ? 1 : 0) - probability);
      double weight = importance * Math.max(1e-6, probability * (1 - probability));
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

  /**
   * Returns the weight of an example in the fit. The number of requests that it represents would
   * make a few audits outweigh everything else; the weight 1 would ignore that hits differ from
   * misses. The square root is in between.
   */
  private static double importance(TrainingExample example) {
    return Math.sqrt(example.weight());
  }

  /**
   * Adds the L2 penalty, and half a right and half a wrong pseudo-example at the mean, so that a
   * fit always exists.
   */
  private void addPrior(double[][] curvature, double[] gradient) {
    double probability = logistic(weights[0]);
    curvature[0][0] = probability * (1 - probability) + 1e-6;
    gradient[0] = 0.5 - probability;
    for (int k = 1; k < weights.length; k++) {
      curvature[k][k] = RIDGE;
      gradient[k] = -RIDGE * weights[k];
    }
  }

  /**
   * Solves a symmetric positive definite system, given by its lower triangle, by Cholesky
   * decomposition.
   */
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

  /** Returns the probability, in [0, 1], that a hit with these features is wrong. */
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
