package io.github.semcache.evaluation;

import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * Replays a stream of prompts at a threshold and records the nearest entry of each prompt.
 *
 * @param prompts the stream
 * @param replay the options of the replay; its policy is replaced
 * @param policy creates the policy of a threshold
 */
record NearestPairs(
    List<LabeledPrompt> prompts, Replay.Builder replay, DoubleFunction<HitPolicy> policy) {
  static final double MAX_THRESHOLD = 2;

  /**
   * The result of one replay.
   *
   * @param threshold the threshold
   * @param pairs a pair of each prompt and the entry that is or would be its hit; the distance is
   *     infinite if the policy would not hit at any threshold
   * @param counts the counts of the replay
   */
  record Stream(double threshold, List<ScoredPair> pairs, ReplayCounts counts) {}

  Stream at(double threshold) {
    Recorder recorder = new Recorder(policy.apply(threshold), policy.apply(MAX_THRESHOLD));
    ReplayResult result = replay.build(recorder).run(prompts);
    List<ScoredPair> pairs = new ArrayList<>(result.prompts().size());
    for (ReplayedPrompt replayed : result.prompts()) {
      pairs.add(pair(replayed, recorder));
    }
    return new Stream(threshold, pairs, result.total());
  }

  private static ScoredPair pair(ReplayedPrompt replayed, Recorder recorder) {
    String label = replayed.prompt().label().orElse("");
    if (replayed.isHit()) {
      return new ScoredPair(replayed.distance().orElse(0), replayed.answer().text().equals(label));
    }
    return recorder
        .misses
        .next(replayed)
        .map(match -> new ScoredPair(match.distance(), match.entry().answer().equals(label)))
        .orElse(new ScoredPair(Double.POSITIVE_INFINITY, false));
  }

  /** Records for each miss the entry that would be a hit at the maximum threshold. */
  private static final class Recorder implements HitPolicy {
    private final HitPolicy policy;
    private final HitPolicy loosest;
    private final DecidedMatches misses = new DecidedMatches();

    Recorder(HitPolicy policy, HitPolicy loosest) {
      this.policy = policy;
      this.loosest = loosest;
    }

    @Override
    public Decision decide(Query query, List<Match> matches) {
      Decision decision = policy.decide(query, matches);
      if (decision instanceof Decision.Miss) {
        misses.add(
            query,
            loosest.decide(query, matches) instanceof Decision.Hit hit
                ? Optional.of(hit.match())
                : Optional.empty());
      }
      return decision;
    }
  }
}
