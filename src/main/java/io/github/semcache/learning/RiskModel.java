package io.github.semcache.learning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A fitted risk and the cut that goes with it. Immutable.
 *
 * @param risk the probability that a hit is wrong
 * @param cut the largest probability that is served; negative serves nothing
 */
record RiskModel(Risk risk, double cut) {
  private static final int FOLDS = 5;

  /** A judged case with the risk that a model gave it which had not seen it. */
  record Scored(double risk, boolean wrong, double weight) {}

  /** Fits to at least one case. */
  static RiskModel fit(List<TrainingExample> cases, double budget, double confidence) {
    Risk risk = Risk.fit(cases);
    List<Scored> scored = new ArrayList<>(cases.size());
    for (int fold = 0; fold < FOLDS && fold < cases.size(); fold++) {
      int left = fold;
      Risk others = risk.refit(cases, index -> index % FOLDS != left);
      for (int i = fold; i < cases.size(); i += FOLDS) {
        TrainingExample judged = cases.get(i);
        scored.add(new Scored(others.of(judged.features()), judged.wrong(), judged.weight()));
      }
    }
    return new RiskModel(risk, cut(scored, budget, confidence));
  }

  /**
   * The loosest cut that keeps the budget: it walks from the safest case to riskier ones and stops
   * before the upper bound of wrong hits per request exceeds the budget.
   *
   * <p>A case counts with its verdict; the requests that it stands for besides itself count with
   * their risk, since a single verdict counted twenty times would say more than it knows. For the
   * same reason the bound is that of as many observations as there are verdicts.
   */
  static double cut(List<Scored> cases, double budget, double confidence) {
    List<Scored> safestFirst = new ArrayList<>(cases);
    safestFirst.sort(Comparator.comparingDouble(Scored::risk));
    double requests = cases.stream().mapToDouble(Scored::weight).sum();
    double perRequest = cases.size() / requests;
    double wrong = 0;
    double cut = -1;
    for (Scored one : safestFirst) {
      wrong += (one.wrong ? 1 : 0) + (one.weight - 1) * one.risk;
      if (ClopperPearson.upperBound(wrong * perRequest, cases.size(), confidence) > budget) {
        break;
      }
      cut = one.risk;
    }
    return cut;
  }
}
