package io.github.semcache.bench;

import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayResult;
import io.github.semcache.policy.HitPolicy;
import java.util.List;

/**
 * The best fixed threshold in hindsight: of all thresholds without guards whose error rate on a
 * stream is within a budget, the one with the most hits. It is an upper bound for any threshold
 * that is chosen in advance.
 *
 * @param threshold the maximum cosine distance of a hit, a multiple of 0.002
 * @param hitRate the hit rate, in [0, 1]
 */
record HindsightThreshold(double threshold, double hitRate) {
  private static final double STEP = 0.01;
  private static final double FINE_STEP = 0.002;

  /** The search ends at an error rate of 1.3 budgets; larger thresholds are not within budget. */
  private static final double MAX_OVERRUN = 1.3;

  /**
   * Finds the best threshold.
   *
   * @param replay the options of the replay; its policy is replaced
   */
  static HindsightThreshold of(Replay.Builder replay, List<LabeledPrompt> prompts, double budget) {
    HindsightThreshold best = new HindsightThreshold(0, 0);
    double error = 0;
    for (int i = 0; i * STEP <= 2 && error <= MAX_OVERRUN * budget; i++) {
      ReplayResult result = at(replay, prompts, i * STEP);
      error = errorRate(result);
      best = best.better(i * STEP, result, budget);
    }
    double coarse = best.threshold;
    for (double threshold = coarse + FINE_STEP;
        threshold < coarse + STEP - FINE_STEP / 2;
        threshold += FINE_STEP) {
      best = best.better(threshold, at(replay, prompts, threshold), budget);
    }
    return best;
  }

  private static ReplayResult at(
      Replay.Builder replay, List<LabeledPrompt> prompts, double threshold) {
    return replay.hitPolicy(HitPolicy.maxDistance(threshold).unguarded()).build().run(prompts);
  }

  private static double errorRate(ReplayResult result) {
    return result.total().errorRate().orElseThrow().value().orElse(0);
  }

  private HindsightThreshold better(double otherThreshold, ReplayResult result, double budget) {
    double hits = result.total().hitRate().value().orElse(0);
    return errorRate(result) <= budget && hits > hitRate
        ? new HindsightThreshold(otherThreshold, hits)
        : this;
  }
}
