package io.github.semcache.learning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fitted risk model and its threshold. Immutable.
 *
 * @param risk the probability that a hit is wrong
 * @param threshold the maximum probability of a hit; negative if nothing may be served
 */
record RiskModel(LogisticRisk risk, double threshold) {
  private static final int FOLDS = 5;

  /**
   * The number of wrong hits among n examples that is added to every predicted risk, because a
   * model fitted to n examples cannot show a risk far below 1 / n.
   */
  private static final double PRIOR_ERRORS = 1;

  /** An example with its cross-validated risk, predicted by a model that was fitted without it. */
  record Scored(double risk, boolean wrong, double weight) {}

  /**
   * Fits a model to at least one example.
   *
   * @param plan the conditions of the threshold
   * @param previous the model of earlier examples; null if there is none
   */
  static RiskModel fit(List<TrainingExample> examples, Plan plan, @Nullable RiskModel previous) {
    LogisticRisk risk = LogisticRisk.fit(examples, previous == null ? null : previous.risk);
    List<Scored> scored = new ArrayList<>(examples.size());
    for (int fold = 0; fold < FOLDS && fold < examples.size(); fold++) {
      int heldOut = fold;
      LogisticRisk others = risk.refit(examples, index -> index % FOLDS != heldOut);
      for (int i = fold; i < examples.size(); i += FOLDS) {
        TrainingExample example = examples.get(i);
        scored.add(new Scored(others.of(example.features()), example.wrong(), example.weight()));
      }
    }
    return new RiskModel(risk, threshold(scored, plan));
  }

  /**
   * The conditions of a threshold.
   *
   * @param target the maximum rate of wrong hits per request
   * @param confidence the confidence level of the bound
   * @param correction corrects predicted risks
   */
  record Plan(double target, double confidence, RiskCalibration.Correction correction) {}

  /**
   * Returns the highest threshold within the plan: iterates from the safest example to riskier ones
   * and stops before the upper confidence bound of wrong hits per request exceeds the target.
   * Examples with the same risk are within the threshold together or not at all.
   *
   * <p>An example contributes its verdict. The other requests that it represents contribute their
   * predicted risk, calibrated and smoothed, because counting one verdict twenty times would
   * overstate the evidence. For the same reason the bound uses the number of verdicts as its sample
   * size.
   */
  static double threshold(List<Scored> examples, Plan plan) {
    List<Scored> safestFirst = new ArrayList<>(examples);
    safestFirst.sort(Comparator.comparingDouble(Scored::risk));
    double requests = examples.stream().mapToDouble(Scored::weight).sum();
    double verdictsPerRequest = examples.size() / requests;
    double smoothing = PRIOR_ERRORS / examples.size();
    double wrong = 0;
    double threshold = -1;
    for (int i = 0; i < safestFirst.size(); i++) {
      Scored example = safestFirst.get(i);
      double unseenRisk = plan.correction.apply(example.risk) + smoothing;
      wrong += (example.wrong ? 1 : 0) + (example.weight - 1) * unseenRisk;
      double bound =
          ClopperPearson.upperBound(wrong * verdictsPerRequest, examples.size(), plan.confidence);
      if (bound > plan.target) {
        break;
      }
      boolean isLastOfRisk =
          i + 1 == safestFirst.size() || safestFirst.get(i + 1).risk > example.risk;
      threshold = isLastOfRisk ? example.risk : threshold;
    }
    return threshold;
  }
}
