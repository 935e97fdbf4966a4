package io.github.semcache.evaluation;

import java.util.OptionalDouble;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/**
 * How often something was so, among how many times it could have been.
 *
 * @param count how often it was so
 * @param total how often it could have been
 */
public record Proportion(int count, int total) {
  /** The confidence of {@link #lower} and {@link #upper}. */
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
   * The share.
   *
   * @return 0 to 1; empty if it could never have been
   */
  public OptionalDouble value() {
    return total == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) count / total);
  }

  /**
   * The lower end of the two-sided 95 % Clopper–Pearson interval.
   *
   * @return 0 to 1; 0 if it could never have been
   */
  public double lower() {
    return total == 0 ? 0 : interval(CONFIDENCE).getLowerBound();
  }

  /**
   * The upper end of the two-sided 95 % Clopper–Pearson interval.
   *
   * @return 0 to 1; 1 if it could never have been
   */
  public double upper() {
    return total == 0 ? 1 : interval(CONFIDENCE).getUpperBound();
  }

  /**
   * The one-sided Clopper–Pearson lower bound.
   *
   * @param confidence more than 0.5 and less than 1
   * @return 0 to 1; 0 if it could never have been
   * @throws IllegalArgumentException if the confidence is outside its bounds
   */
  public double lowerBound(double confidence) {
    double twoSided = twoSided(confidence);
    return total == 0 ? 0 : interval(twoSided).getLowerBound();
  }

  /**
   * The one-sided Clopper–Pearson upper bound.
   *
   * @param confidence more than 0.5 and less than 1
   * @return 0 to 1; 1 if it could never have been
   * @throws IllegalArgumentException if the confidence is outside its bounds
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
