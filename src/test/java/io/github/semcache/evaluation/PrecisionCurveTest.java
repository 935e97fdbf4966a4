package io.github.semcache.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecisionCurveTest {
  private static PrecisionCurve curve(Object... scoresAndLabels) {
    return PrecisionCurve.of(decisions(scoresAndLabels));
  }

  private static List<PrecisionCurve.Scored> decisions(Object... scoresAndLabels) {
    List<PrecisionCurve.Scored> decisions = new ArrayList<>();
    for (int i = 0; i < scoresAndLabels.length; i += 2) {
      decisions.add(
          new PrecisionCurve.Scored((double) scoresAndLabels[i], (boolean) scoresAndLabels[i + 1]));
    }
    return decisions;
  }

  @Test
  void averagePrecisionWeightsThePrecisionByTheRecall() {
    // Precisions at the two right decisions: 1 and 2/3.
    assertThat(curve(0.9, true, 0.8, false, 0.7, true, 0.1, false).averagePrecision())
        .hasValueCloseTo((1 + 2.0 / 3) / 2, within(1e-12));
  }

  @Test
  void equalScoresAreOnePoint() {
    PrecisionCurve curve = curve(0.5, true, 0.5, false, 0.5, true, 0.2, false);

    assertThat(curve.points())
        .containsExactly(
            new PrecisionCurve.Point(0.5, 0.75, 2.0 / 3, 1),
            new PrecisionCurve.Point(0.2, 1, 0.5, 1));
    assertThat(curve.averagePrecision()).hasValueCloseTo(2.0 / 3, within(1e-12));
  }

  @Test
  void averagePrecisionRequiresBothLabels() {
    assertThat(curve(0.5, true).averagePrecision()).isEmpty();
    assertThat(curve(0.5, false).averagePrecision()).isEmpty();
    assertThat(curve(0.5, false).calibrationRetention()).isEmpty();
    assertThat(curve().points()).isEmpty();
    assertThat(curve().hitRatioArea()).isZero();
  }

  @Test
  void areaCoversTheHitRatiosOfTheThresholds() {
    // Precision 1 up to a hit ratio of 1/2, then falling to 1/2.
    PrecisionCurve curve = curve(0.9, true, 0.8, true, 0.3, false, 0.2, false);

    assertThat(curve.hitRatioArea())
        .isCloseTo(0.25 * 1 + 0.25 * (1 + 2.0 / 3) / 2 + 0.25 * (2.0 / 3 + 0.5) / 2, within(1e-12));
  }

  @Test
  void scoresThatThresholdsCannotSeparateLoseArea() {
    PrecisionCurve spread = curve(0.9, true, 0.8, true, 0.3, false, 0.2, false);
    PrecisionCurve close = curve(0.9904, true, 0.9903, true, 0.9902, false, 0.9901, false);

    assertThat(close.averagePrecision()).isEqualTo(spread.averagePrecision()).hasValue(1);
    assertThat(close.hitRatioArea()).isZero();
    assertThat(close.calibrationRetention().orElseThrow())
        .isLessThan(spread.calibrationRetention().orElseThrow());
  }

  /** Computes the metrics from their definitions, without sorting. */
  @Property
  void metricsEqualTheirDefinitions(Values values) {
    List<PrecisionCurve.Scored> decisions = new ArrayList<>();
    int count = values.intBetween(2, 60);
    for (int i = 0; i < count; i++) {
      double score = values.doubleBetween(0, 1);
      decisions.add(
          new PrecisionCurve.Scored(
              i % 3 == 0 ? Math.round(10 * score) / 10.0 : score, values.intBetween(0, 1) == 1));
    }
    decisions.add(new PrecisionCurve.Scored(0.5, true));
    decisions.add(new PrecisionCurve.Scored(0.5, false));
    PrecisionCurve curve = PrecisionCurve.of(decisions);

    double average = 0;
    double same = decisions.stream().filter(PrecisionCurve.Scored::sameAnswer).count();
    for (double score :
        decisions.stream().mapToDouble(PrecisionCurve.Scored::score).distinct().toArray()) {
      double rightAtScore =
          decisions.stream().filter(d -> d.score() == score && d.sameAnswer()).count();
      average += precision(decisions, score) * rightAtScore / same;
    }
    double area = 0;
    for (int step = 100; step > 0; step--) {
      double high = step / 100.0;
      double low = (step - 1) / 100.0;
      if (hits(decisions, high) > 0) {
        double width = (double) (hits(decisions, low) - hits(decisions, high)) / decisions.size();
        area += width * (precision(decisions, low) + precision(decisions, high)) / 2;
      }
    }

    assertThat(curve.averagePrecision()).hasValueCloseTo(average, within(1e-9));
    assertThat(curve.hitRatioArea()).isCloseTo(area, within(1e-9));
    assertThat(curve.calibrationRetention()).hasValueCloseTo(area / average, within(1e-9));
  }

  private static long hits(List<PrecisionCurve.Scored> decisions, double threshold) {
    return decisions.stream().filter(decision -> decision.score() >= threshold).count();
  }

  private static double precision(List<PrecisionCurve.Scored> decisions, double threshold) {
    long right =
        decisions.stream()
            .filter(decision -> decision.score() >= threshold && decision.sameAnswer())
            .count();
    return (double) right / hits(decisions, threshold);
  }

  @Test
  void reliabilityComparesScoresWithLabels() {
    Reliability reliability =
        Reliability.of(decisions(0.95, true, 1.0, true, 0.95, false, 0.15, false));

    assertThat(reliability.bins()).hasSize(2);
    assertThat(reliability.bins().get(1).count()).isEqualTo(3);
    assertThat(reliability.bins().get(1).sameAnswer()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(reliability.expectedCalibrationError())
        .isCloseTo((0.15 + (0.95 + 1 + 0.95) - 2) / 4, within(1e-12));
  }

  @Test
  void scoreOutOfRangeIsRejected() {
    assertThatThrownBy(() -> new PrecisionCurve.Scored(1.1, true))
        .hasMessage("score is 1.1; it must be at least 0 and at most 1");
  }
}
