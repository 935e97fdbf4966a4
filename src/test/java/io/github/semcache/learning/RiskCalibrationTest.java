package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RiskCalibrationTest {
  private final RiskCalibration calibration = new RiskCalibration();

  private void add(int count, double risk, int wrong) {
    for (int i = 0; i < count; i++) {
      calibration.add(risk, new TrainingExample(i, i, new float[0], new int[0], 0, i < wrong, 20));
    }
  }

  @Test
  void factorIsOneWithoutAudits() {
    assertThat(calibration.correction(0.05)).isEqualTo(RiskCalibration.Correction.NONE);
    assertThat(calibration.isContradicted()).isFalse();
  }

  @Test
  void factorFollowsTheAudits() {
    add(200, 0.02, 12);

    assertThat(calibration.correction(0.05).factor()).isCloseTo(13.0 / 5, within(0.01));
  }

  @Test
  void factorForgetsOldAudits() {
    add(200, 0.02, 20);
    add(300, 0.02, 6);

    assertThat(calibration.correction(0.05).factor()).isCloseTo(1, within(0.01));
  }

  @Test
  void factorIsNeverBelowItsMinimum() {
    add(200, 0.5, 0);

    assertThat(calibration.correction(0.05).factor()).isEqualTo(0.75);
  }

  @Test
  void unexpectedWrongAuditsContradictThePredictions() {
    add(50, 0.01, 2);
    assertThat(calibration.isContradicted()).isFalse();

    add(10, 0.01, 3);
    assertThat(calibration.isContradicted()).isTrue();

    calibration.reset();
    assertThat(calibration.isContradicted()).isFalse();
  }

  @Test
  void firstAuditsAreFrequent() {
    double first = calibration.startRate();
    add(100, 0.01, 0);

    assertThat(first).isEqualTo(1);
    assertThat(calibration.startRate()).isLessThan(0.05);

    calibration.onChange();
    assertThat(calibration.startRate()).isEqualTo(1);
  }
}
