package io.github.semcache.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * How well scores agree with the fraction of correct hits. The scores of a calibrated verifier are
 * probabilities: of the decisions with scores around 0.8, 80 % are correct.
 *
 * @param bins the bins that contain decisions, in ascending order of the score
 * @param expectedCalibrationError the mean over all decisions of the difference between the mean
 *     score of a bin and its fraction of correct decisions, in [0, 1]
 */
record Reliability(List<Bin> bins, double expectedCalibrationError) {
  private static final int BINS = 10;

  /**
   * The decisions with similar scores.
   *
   * @param count the number of decisions
   * @param meanScore the mean of their scores
   * @param sameAnswer the fraction of them that are correct, in [0, 1]
   * @param lower the lower end of the interval of {@link Proportion}
   * @param upper the upper end of the interval of {@link Proportion}
   */
  record Bin(int count, double meanScore, double sameAnswer, double lower, double upper) {

    static Bin of(List<PrecisionCurve.Scored> decisions) {
      int same = (int) decisions.stream().filter(PrecisionCurve.Scored::sameAnswer).count();
      Proportion correct = new Proportion(same, decisions.size());
      return new Bin(
          decisions.size(),
          decisions.stream().mapToDouble(PrecisionCurve.Scored::score).average().orElse(0),
          correct.value().orElse(0),
          correct.lower(),
          correct.upper());
    }
  }

  static Reliability of(List<PrecisionCurve.Scored> decisions) {
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < BINS; i++) {
      int bin = i;
      List<PrecisionCurve.Scored> members =
          decisions.stream()
              .filter(decision -> Math.min(BINS - 1, (int) (BINS * decision.score())) == bin)
              .toList();
      if (!members.isEmpty()) {
        bins.add(Bin.of(members));
      }
    }
    double error =
        bins.stream()
            .mapToDouble(bin -> bin.count() * Math.abs(bin.meanScore() - bin.sameAnswer()))
            .sum();
    return new Reliability(bins, decisions.isEmpty() ? 0 : error / decisions.size());
  }
}
