package io.github.semcache.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import org.junit.jupiter.api.Test;

class ProportionTest {

  @Test
  void intervalIsThatOfClopperAndPearson() {
    // Without successes, or with successes only, the bounds have a closed form: 1 -
    // (alpha/2)^(1/n).
    assertThat(new Proportion(0, 10).lower()).isZero();
    assertThat(new Proportion(0, 10).upper()).isCloseTo(1 - Math.pow(0.025, 0.1), within(1e-9));
    assertThat(new Proportion(10, 10).lower()).isCloseTo(Math.pow(0.025, 0.1), within(1e-9));
    assertThat(new Proportion(10, 10).upper()).isEqualTo(1);
  }

  @Test
  void oneSidedBoundIsWithinTheTwoSidedInterval() {
    assertThat(new Proportion(0, 10).upperBound(0.95))
        .isCloseTo(1 - Math.pow(0.05, 0.1), within(1e-9));
    assertThat(new Proportion(10, 10).lowerBound(0.95))
        .isCloseTo(Math.pow(0.05, 0.1), within(1e-9));
  }

  @Test
  void totalOfZeroHasTheWidestInterval() {
    Proportion none = new Proportion(0, 0);

    assertThat(none.value()).isEmpty();
    assertThat(none.lower()).isZero();
    assertThat(none.upper()).isEqualTo(1);
    assertThat(none.lowerBound(0.9)).isZero();
    assertThat(none.upperBound(0.9)).isEqualTo(1);
  }

  @Test
  void invalidCountsAndConfidenceLevelsAreRejected() {
    assertThatThrownBy(() -> new Proportion(3, 2))
        .hasMessage("count is 3 of 2; it must be between 0 and the total");
    assertThatThrownBy(() -> new Proportion(-1, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Proportion(1, 2).upperBound(0.5))
        .hasMessage("confidence is 0.5; it must be more than 0.5 and less than 1");
    assertThatThrownBy(() -> new Proportion(1, 2).lowerBound(1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void valueIsWithinItsInterval(Values values) {
    int total = values.intBetween(1, 100_000);
    int percent = values.intBetween(0, 100);
    Proportion proportion = new Proportion((int) ((long) total * percent / 100), total);
    double value = proportion.value().orElseThrow();

    assertThat(proportion.lower()).isBetween(0.0, value);
    assertThat(proportion.upper()).isBetween(value, 1.0);
    assertThat(proportion.upperBound(0.9)).isBetween(value, proportion.upper());
  }
}
