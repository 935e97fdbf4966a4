package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.learning.RiskCalibration.Correction;
import io.github.semcache.learning.RiskModel.Plan;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RiskModelTest {

  @Property(tries = 60)
  void thresholdIsTheHighestWithinTheBudget(Values values) {
    int count = values.intBetween(1, 500);
    double budget = values.doubleBetween(0.01, 0.2);
    double confidence = values.doubleBetween(0.5, 0.99);
    List<RiskModel.Scored> examples = randomExamples(new Random(values.anyLong()), count);

    double threshold = threshold(examples, budget, confidence);

    OptionalDouble next =
        examples.stream().mapToDouble(RiskModel.Scored::risk).filter(r -> r > threshold).min();
    assertThat(next.isPresent() || threshold >= 0).isTrue();
    if (threshold >= 0) {
      assertThat(bound(examples, threshold, confidence)).isLessThanOrEqualTo(budget);
    }
    if (next.isPresent()) {
      assertThat(bound(examples, next.getAsDouble(), confidence)).isGreaterThan(budget);
    }
  }

  /** Returns the upper bound of wrong hits per request if a threshold is applied. */
  private static double bound(
      List<RiskModel.Scored> examples, double threshold, double confidence) {
    double requests = examples.stream().mapToDouble(RiskModel.Scored::weight).sum();
    double smoothing = 1.0 / examples.size();
    double wrong =
        examples.stream()
            .filter(one -> one.risk() <= threshold)
            .mapToDouble(
                one -> (one.wrong() ? 1 : 0) + (one.weight() - 1) * (one.risk() + smoothing))
            .sum();
    return ClopperPearson.upperBound(
        wrong / requests * examples.size(), examples.size(), confidence);
  }

  @Property(tries = 40)
  void smallerBudgetOrHigherConfidenceNeverRaisesTheThreshold(Values values) {
    double budget = values.doubleBetween(0.01, 0.2);
    List<RiskModel.Scored> examples = randomExamples(new Random(values.anyLong()), 600);

    assertThat(threshold(examples, budget / 2, 0.9))
        .isLessThanOrEqualTo(threshold(examples, budget, 0.9));
    assertThat(threshold(examples, budget, 0.99))
        .isLessThanOrEqualTo(threshold(examples, budget, 0.9));
  }

  private static double threshold(
      List<RiskModel.Scored> examples, double target, double confidence) {
    return RiskModel.threshold(examples, new Plan(target, confidence, Correction.NONE));
  }

  @Property(tries = 40)
  void higherCalibrationNeverRaisesTheThreshold(Values values) {
    List<RiskModel.Scored> examples = randomExamples(new Random(values.anyLong()), 600);
    double budget = values.doubleBetween(0.01, 0.2);

    assertThat(RiskModel.threshold(examples, new Plan(budget, 0.9, new Correction(2, 0))))
        .isLessThanOrEqualTo(RiskModel.threshold(examples, new Plan(budget, 0.9, Correction.NONE)));
  }

  @Test
  void examplesWithTheSameRiskAreWithinTheThresholdTogether() {
    List<RiskModel.Scored> examples = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      examples.add(new RiskModel.Scored(0.001, false, 1));
    }
    for (int i = 0; i < 200; i++) {
      examples.add(new RiskModel.Scored(0.1, i >= 100, 1));
    }

    assertThat(threshold(examples, 0.05, 0.9)).isEqualTo(0.001);
    assertThat(threshold(examples, 0.5, 0.9)).isEqualTo(0.1);
  }

  @Test
  void refitFromAnEarlierModelGivesTheSameRisks() {
    RiskModel first = RiskModel.fit(examples(1_000, 7), new Plan(0.05, 0.9, Correction.NONE), null);

    RiskModel cold = RiskModel.fit(examples(1_000, 8), new Plan(0.05, 0.9, Correction.NONE), null);
    RiskModel warm = RiskModel.fit(examples(1_000, 8), new Plan(0.05, 0.9, Correction.NONE), first);

    for (double distance = 0.05; distance < 1; distance += 0.1) {
      assertThat(warm.risk().of(features(distance)))
          .isCloseTo(cold.risk().of(features(distance)), within(0.005));
    }
  }

  private static List<RiskModel.Scored> randomExamples(Random random, int count) {
    List<RiskModel.Scored> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double risk = Math.pow(random.nextDouble(), 3) + i * 1e-12;
      examples.add(
          new RiskModel.Scored(risk, random.nextDouble() < risk, random.nextInt(4) == 0 ? 20 : 1));
    }
    return examples;
  }

  @Test
  void thresholdIsNegativeIfThereAreTooFewExamples() {
    List<RiskModel.Scored> examples = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      examples.add(new RiskModel.Scored(0.001, false, 1));
    }

    assertThat(threshold(examples, 0.01, 0.95)).isNegative();
    assertThat(threshold(examples, 0.05, 0.95)).isEqualTo(0.001);
  }

  @Test
  void thresholdIsBelowTheFirstWrongExamples() {
    List<RiskModel.Scored> examples = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      examples.add(new RiskModel.Scored(i / 1000.0, i >= 50 && i < 60, 1));
    }

    assertThat(threshold(examples, 0.01, 0.75)).isBetween(0.045, 0.055);
  }

  @Test
  void fittedModelSeparatesWrongFromRight() {
    RiskModel model = RiskModel.fit(examples(1_000, 7), new Plan(0.05, 0.9, Correction.NONE), null);

    assertThat(model.risk().of(features(0.05))).isLessThan(0.05);
    assertThat(model.risk().of(features(0.9))).isGreaterThan(0.95);
    assertThat(model.threshold()).isPositive();
  }

  @Test
  void modelIsFittedIfAllVerdictsAreEqual() {
    List<TrainingExample> right =
        examples(400, 3).stream().filter(example -> !example.wrong()).toList();

    RiskModel model = RiskModel.fit(right, new Plan(0.02, 0.9, Correction.NONE), null);

    assertThat(model.risk().of(features(0.05))).isBetween(0.0, 0.05);
  }

  private static List<TrainingExample> examples(int count, long seed) {
    Random random = new Random(seed);
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double distance = random.nextDouble();
      boolean wrong = distance + 0.1 * random.nextGaussian() > 0.5;
      examples.add(new TrainingExample(i, i, features(distance), new int[0], i % 7, wrong, 1));
    }
    return examples;
  }

  private static float[] features(double distance) {
    float[] features = new float[Features.COUNT];
    features[0] = (float) distance;
    features[1] = (float) Math.log(distance + 0.01);
    return features;
  }
}
