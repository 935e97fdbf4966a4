package io.github.semcache.evaluation;

import java.util.OptionalDouble;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/**
 * A count out of a total, with Clopper–Pearson confidence bounds.
 *
 * @param count the count, at least 0
 * @param total the total, at least the count
 */
public record Proportion(int count, int total) {
  /** The confidence level of {@link #lower} and {@link #upper}. */
  public static final double CONFIDENCE = 0.95;

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException unless 0 ≤ count ≤ total
   */
  public Proportion {
    if (count < 0 || count > total) {
      throw new IllegalArgumentException(
          "count is " + count + " of " + total + "; it must be between 0 and the total");
    }
  }

  /**
   * Returns the count divided by the total.
   *
   * @return the fraction, in [0, 1], or empty if the total is 0
   */
  public OptionalDouble value() {
    return total == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) count / total);
  }

  /**
   * Returns the lower end of the two-sided 95 % Clopper–Pearson interval.
   *
   * @return the lower end, in [0, 1]; 0 if the total is 0
   */
  public double lower() {
    return total == 0 ? 0 : interval(CONFIDENCE).getLowerBound();
  }

  /**
   * Returns the upper end of the two-sided 95 % Clopper–Pearson interval.
   *
   * @return the upper end, in [0, 1]; 1 if the total is 0
   */
  public double upper() {
    return total == 0 ? 1 : interval(CONFIDENCE).getUpperBound();
  }

  /**
   * Returns the one-sided Clopper–Pearson lower bound.
   *
   * @param confidence the confidence level, in (0.5, 1)
   * @return the lower bound, in [0, 1]; 0 if the total is 0
   * @throws IllegalArgumentException if the confidence level is out of range
   */
  public double lowerBound(double confidence) {
    double twoSided = twoSided(confidence);
    return total == 0 ? 0 : interval(twoSided).getLowerBound();
  }

  /**
   * Returns the one-sided Clopper–Pearson upper bound.
   *
   * @param confidence the confidence level, in (0.5, 1)
   * @return the upper bound, in [0, 1]; 1 if the total is 0
   * @throws IllegalArgumentException if the confidence level is out of range
   */
  public double upperBound(double confidence) {
    double twoSided = twoSided(confidence);
    return total == 0 ? 1 : interval(twoSided).getUpperBound();
  }

  private static double twoSided(double oneSided) {
    if (!(oneSided > 0.5 && oneSided < 1)) {
      throw new IllegalArgumentException(
          "confidence is " + oneSided + "; it must be more than 0.5 and less than 1");
    }
    return 2 * oneSided - 1;
  }

  private Interval interval(double confidence) {
    return BinomialConfidenceInterval.CLOPPER_PEARSON.fromErrorRate(total, count, 1 - confidence);
  }
}
