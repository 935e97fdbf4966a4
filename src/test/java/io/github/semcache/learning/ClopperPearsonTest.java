package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;
import org.junit.jupiter.api.Test;

class ClopperPearsonTest {

  @Test
  void boundWithoutEventsEqualsTheClosedForm() {
    assertThat(ClopperPearson.upperBound(0, 300, 0.95))
        .isCloseTo(1 - Math.pow(0.05, 1.0 / 300), within(1e-9));
  }

  @Test
  void boundsOfTenInAHundredEqualThePublishedTable() {
    assertThat(ClopperPearson.upperBound(10, 100, 0.975)).isCloseTo(0.17622, within(1e-5));
    assertThat(ClopperPearson.lowerBound(10, 100, 0.975)).isCloseTo(0.04900, within(1e-5));
  }

  @Test
  void upperBoundIsOneIfAllTrialsAreEvents() {
    assertThat(ClopperPearson.upperBound(5, 5, 0.9)).isEqualTo(1);
    assertThat(ClopperPearson.upperBound(0, 0, 0.9)).isEqualTo(1);
  }

  @Property
  void cumulativeProbabilityAtTheUpperBoundIsOneMinusConfidence(Values values) {
    int trials = values.intBetween(1, 60);
    int events = values.intBetween(0, trials - 1);
    double confidence = values.doubleBetween(0.5, 0.99);
    double bound = ClopperPearson.upperBound(events, trials, confidence);

    assertThat(binomialCdf(events, trials, bound)).isCloseTo(1 - confidence, within(1e-6));
  }

  @Property
  void boundsEqualThoseOfAnotherImplementation(Values values) {
    int trials = values.intBetween(1, 200_000);
    int events = (int) ((long) trials * values.intBetween(0, 1_000) / 1_000);
    double confidence = values.doubleBetween(0.51, 0.999);
    Interval expected =
        BinomialConfidenceInterval.CLOPPER_PEARSON.fromErrorRate(
            trials, events, 2 * (1 - confidence));

    assertThat(ClopperPearson.upperBound(events, trials, confidence))
        .isCloseTo(expected.getUpperBound(), within(1e-8));
    assertThat(ClopperPearson.lowerBound(events, trials, confidence))
        .isCloseTo(expected.getLowerBound(), within(1e-8));
  }

  @Property
  void upperBoundExceedsTheRateAndGrowsWithEventsAndConfidence(Values values) {
    double events = values.doubleBetween(0, 400);
    double trials = values.doubleBetween(401, 5_000);
    double confidence = values.doubleBetween(0.5, 0.95);
    double bound = ClopperPearson.upperBound(events, trials, confidence);

    assertThat(bound).isGreaterThan(events / trials).isLessThanOrEqualTo(1);
    assertThat(ClopperPearson.upperBound(events + 1, trials + 1, confidence)).isGreaterThan(bound);
    assertThat(ClopperPearson.upperBound(events, trials, confidence + 0.04)).isGreaterThan(bound);
  }

  /** Returns the binomial distribution function, computed as a sum. */
  private static double binomialCdf(int events, int trials, double probability) {
    double term = Math.pow(1 - probability, trials);
    double sum = term;
    for (int k = 1; k <= events; k++) {
      term *= (double) (trials - k + 1) / k * probability / (1 - probability);
      sum += term;
    }
    return sum;
  }
}
