package io.github.semcache.bench;

import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayResult;
import io.github.semcache.policy.HitPolicy;
import java.util.List;

/**
 * The fixed threshold without guards that nobody could have known beforehand: of all those that
 * keep the budget on this very stream, the one with the most hits. Nobody can do better by choosing
 * a cut.
 *
 * @param cut the largest cosine distance of a hit, to two thousandths
 * @param hitRate what it hits, 0 to 1
 */
record HindsightThreshold(double cut, double hitRate) {
  private static final double STEP = 0.01;
  private static final double FINE_STEP = 0.002;

  /** Past so many budgets of wrong hits no looser cut comes back within one. */
  private static final double HOPELESS = 1.3;

  /**
   * Finds it.
   *
   * @param replay how to replay the prompts, but for the policy; its policy is set
   */
  static HindsightThreshold of(Replay.Builder replay, List<LabeledPrompt> prompts, double budget) {
    HindsightThreshold best = new HindsightThreshold(0, 0);
    double error = 0;
    for (int i = 0; i * STEP <= 2 && error <= HOPELESS * budget; i++) {
      ReplayResult result = at(replay, prompts, i * STEP);
      error = errorRate(result);
      best = best.better(i * STEP, result, budget);
    }
    double coarse = best.cut;
    for (double cut = coarse + FINE_STEP; cut < coarse + STEP - FINE_STEP / 2; cut += FINE_STEP) {
      best = best.better(cut, at(replay, prompts, cut), budget);
    }
    return best;
  }

  private static ReplayResult at(Replay.Builder replay, List<LabeledPrompt> prompts, double cut) {
    return replay.hitPolicy(HitPolicy.maxDistance(cut).unguarded()).build().run(prompts);
  }

  private static double errorRate(ReplayResult result) {
    return result.total().errorRate().orElseThrow().value().orElse(0);
  }

  private HindsightThreshold better(double otherCut, ReplayResult result, double budget) {
    double hits = result.total().hitRate().value().orElse(0);
    return errorRate(result) <= budget && hits > hitRate
        ? new HindsightThreshold(otherCut, hits)
        : this;
  }
}
