package io.github.semcache.evaluation;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * The pairs of prompts and nearest entries that a stream shows at a cut.
 *
 * @param prompts the stream
 * @param replay how to replay it, but for the policy
 * @param policy makes the policy of a cut
 */
record NearestPairs(
    List<LabeledPrompt> prompts, Replay.Builder replay, DoubleFunction<HitPolicy> policy) {
  private static final double LOOSEST = 2;

  /**
   * A stream that was replayed.
   *
   * @param cut the cut
   * @param pairs for each prompt how far its nearest entry was, infinitely far if the policy would
   *     not have hit at any cut
   * @param tally what the cache did
   */
  record Stream(double cut, List<ScoredPair> pairs, ReplayCounts tally) {}

  Stream at(double cut) {
    Recorder recorder = new Recorder(policy.apply(cut), policy.apply(LOOSEST));
    ReplayResult result = replay.build(recorder).run(prompts);
    List<ScoredPair> pairs = new ArrayList<>(result.outcomes().size());
    for (int i = 0; i < result.outcomes().size(); i++) {
      pairs.add(pair(result.outcomes().get(i), recorder));
    }
    return new Stream(cut, pairs, result.total());
  }

  private static ScoredPair pair(ReplayedPrompt outcome, Recorder recorder) {
    String label = outcome.prompt().label().orElse("");
    if (outcome.isHit()) {
      return new ScoredPair(outcome.distance().orElse(0), outcome.answer().text().equals(label));
    }
    return recorder
        .next()
        .map(match -> new ScoredPair(match.distance(), match.entry().answer().equals(label)))
        .orElse(new ScoredPair(Double.POSITIVE_INFINITY, false));
  }

  /** Notes for each miss which entry would have been hit at the loosest cut. */
  private static final class Recorder implements HitPolicy {
    private final HitPolicy policy;
    private final HitPolicy loosest;
    private final List<Optional<Match>> missed = new ArrayList<>();
    private int read;

    Recorder(HitPolicy policy, HitPolicy loosest) {
      this.policy = policy;
      this.loosest = loosest;
    }

    @Override
    public Decision decide(Query query, List<Match> matches) {
      Decision decision = policy.decide(query, matches);
      if (decision instanceof Decision.Miss) {
        missed.add(
            loosest.decide(query, matches) instanceof Decision.Hit hit
                ? Optional.of(hit.match())
                : Optional.empty());
      }
      return decision;
    }

    Optional<Match> next() {
      return missed.get(read++);
    }
  }
}
