package io.github.semcache.learning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A fitted risk model and its threshold. Immutable.
 *
 * @param risk the probability that a hit is wrong
 * @param threshold the maximum probability of a hit; negative if nothing may be served
 */
record RiskModel(LogisticRisk risk, double threshold) {
  private static final int FOLDS = 5;

  /** An example with its cross-validated risk, predicted by a model that was fitted without it. */
  record Scored(double risk, boolean wrong, double weight) {}

  /** Fits a model to at least one example. */
  static RiskModel fit(List<TrainingExample> examples, double budget, double confidence) {
    LogisticRisk risk = LogisticRisk.fit(examples);
    List<Scored> scored = new ArrayList<>(examples.size());
    for (int fold = 0; fold < FOLDS && fold < examples.size(); fold++) {
      int heldOut = fold;
      LogisticRisk others = risk.refit(examples, index -> index % FOLDS != heldOut);
      for (int i = fold; i < examples.size(); i += FOLDS) {
        TrainingExample example = examples.get(i);
        scored.add(new Scored(others.of(example.features()), example.wrong(), example.weight()));
      }
    }
    return new RiskModel(risk, threshold(scored, budget, confidence));
  }

  /**
   * Returns the highest threshold within the budget: iterates from the safest example to riskier
   * ones and stops before the upper confidence bound of wrong hits per request exceeds the budget.
   *
   * <p>An example contributes its verdict. The other requests that it represents contribute their
   * predicted risk, because counting one verdict twenty times would overstate the evidence. For the
   * same reason the bound uses the number of verdicts as its sample size.
   */
  static double threshold(List<Scored> examples, double budget, double confidence) {
    List<Scored> safestFirst = new ArrayList<>(examples);
    safestFirst.sort(Comparator.comparingDouble(Scored::risk));
    double requests = examples.stream().mapToDouble(Scored::weight).sum();
    double verdictsPerRequest = examples.size() / requests;
    double wrong = 0;
    double threshold = -1;
    for (Scored example : safestFirst) {
      wrong += (example.wrong ? 1 : 0) + (example.weight - 1) * example.risk;
      double bound =
          ClopperPearson.upperBound(wrong * verdictsPerRequest, examples.size(), confidence);
      if (bound > budget) {
        break;
      }
      threshold = example.risk;
    }
    return threshold;
  }
}
