package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

/**
 * What a cut is to reach, and how surely. A cut reaches its target if even the one-sided
 * Clopper–Pearson bound at this confidence does.
 *
 * @param goal what is limited
 * @param limit the largest error rate or the smallest precision, more than 0 and less than 1
 * @param confidence more than 0.5 and less than 1
 */
public record FitTarget(Goal goal, double limit, double confidence) {
  /** The confidence unless said otherwise. */
  public static final double DEFAULT_CONFIDENCE = 0.95;

  /** What is limited. */
  public enum Goal {
    /** Wrong hits among all requests must not be more. */
    MAX_ERROR_RATE,
    /** Right hits among all hits must not be less. */
    MIN_PRECISION
  }

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if limit or confidence is outside its bounds
   */
  public FitTarget {
    requireNonNull(goal, "goal");
    if (!(limit > 0 && limit < 1)) {
      throw new IllegalArgumentException(
          "the target is " + limit + "; it must be more than 0 and less than 1");
    }
    if (!(confidence > 0.5 && confidence < 1)) {
      throw new IllegalArgumentException(
          "confidence is " + confidence + "; it must be more than 0.5 and less than 1");
    }
  }

  /**
   * At most so many wrong hits per request.
   *
   * @param errorRate more than 0 and less than 1
   * @return the target, at 95 % confidence
   * @throws IllegalArgumentException if the rate is outside its bounds
   */
  public static FitTarget maxErrorRate(double errorRate) {
    return new FitTarget(Goal.MAX_ERROR_RATE, errorRate, DEFAULT_CONFIDENCE);
  }

  /**
   * At least so many right hits per hit.
   *
   * @param precision more than 0 and less than 1
   * @return the target, at 95 % confidence
   * @throws IllegalArgumentException if the precision is outside its bounds
   */
  public static FitTarget minPrecision(double precision) {
    return new FitTarget(Goal.MIN_PRECISION, precision, DEFAULT_CONFIDENCE);
  }

  /**
   * Sets the confidence.
   *
   * @param confidence more than 0.5 and less than 1
   * @return a target with it
   * @throws IllegalArgumentException if it is outside its bounds
   */
  public FitTarget confidence(double confidence) {
    return new FitTarget(goal, limit, confidence);
  }

  boolean isMetBy(ReplayCounts tally) {
    return switch (goal) {
      case MAX_ERROR_RATE -> tally.errorRate().orElseThrow().upperBound(confidence) <= limit;
      case MIN_PRECISION -> tally.precision().orElseThrow().lowerBound(confidence) >= limit;
    };
  }
}
