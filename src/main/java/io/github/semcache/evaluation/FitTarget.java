package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

/**
 * The target of a {@link ThresholdFit}: a maximum error rate or a minimum precision. A threshold
 * meets the target if the one-sided Clopper–Pearson bound of the rate meets it.
 *
 * @param goal the rate that is limited
 * @param limit the maximum error rate or the minimum precision, in (0, 1)
 * @param confidence the confidence level of the bound, in (0.5, 1)
 */
public record FitTarget(Goal goal, double limit, double confidence) {
  /** The default confidence level. */
  public static final double DEFAULT_CONFIDENCE = 0.95;

  /** The rate that a target limits. */
  public enum Goal {
    /** The fraction of requests that are wrong hits is at most the limit. */
    MAX_ERROR_RATE,
    /** The fraction of hits that are correct is at least the limit. */
    MIN_PRECISION
  }

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the limit or the confidence level is out of range
   */
  public FitTarget {
    requireNonNull(goal, "goal");
    if (!(limit > 0 && limit < 1)) {
      throw new IllegalArgumentException(
          (goal == Goal.MAX_ERROR_RATE ? "errorRate" : "precision")
              + " is "
              + limit
              + "; it must be more than 0 and less than 1");
    }
    if (!(confidence > 0.5 && confidence < 1)) {
      throw new IllegalArgumentException(
          "confidence is " + confidence + "; it must be more than 0.5 and less than 1");
    }
  }

  /**
   * Returns a target for the fraction of requests that are wrong hits.
   *
   * @param errorRate the maximum error rate, in (0, 1)
   * @return a target with a confidence level of 95 %
   * @throws IllegalArgumentException if the error rate is out of range
   */
  public static FitTarget maxErrorRate(double errorRate) {
    return new FitTarget(Goal.MAX_ERROR_RATE, errorRate, DEFAULT_CONFIDENCE);
  }

  /**
   * Returns a target for the fraction of hits that are correct.
   *
   * @param precision the minimum precision, in (0, 1)
   * @return a target with a confidence level of 95 %
   * @throws IllegalArgumentException if the precision is out of range
   */
  public static FitTarget minPrecision(double precision) {
    return new FitTarget(Goal.MIN_PRECISION, precision, DEFAULT_CONFIDENCE);
  }

  /**
   * Returns a copy with another confidence level.
   *
   * @param confidence the confidence level, in (0.5, 1)
   * @return the copy
   * @throws IllegalArgumentException if the confidence level is out of range
   */
  public FitTarget confidence(double confidence) {
    return new FitTarget(goal, limit, confidence);
  }

  boolean isMetBy(ReplayCounts counts) {
    return switch (goal) {
      case MAX_ERROR_RATE -> counts.errorRate().orElseThrow().upperBound(confidence) <= limit;
      case MIN_PRECISION -> counts.precision().orElseThrow().lowerBound(confidence) >= limit;
    };
  }
}
