package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.EmbeddingScale;
import io.github.semcache.guard.Guard;
import io.github.semcache.guard.Guards;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether one of the nearest entries answers a query.
 *
 * <p>Implementations do not block and are safe for use by many threads. A policy that throws is
 * treated as one that decides for a miss, and is counted.
 */
@FunctionalInterface
public interface HitPolicy {

  /**
   * Decides.
   *
   * @param query what is asked
   * @param matches the nearest living entries of the query's scope, nearest first; may be empty
   * @return a hit on one of the matches, or a miss with its reason
   */
  Decision decide(Query query, List<Match> matches);

  /**
   * Asks a guard as well before a hit is made. If it objects, there is a miss, with the code of the
   * objection for its reason.
   *
   * @param guard one guard or {@linkplain io.github.semcache.guard.Guards several}
   * @return a policy that hits where this one does and the guard does not object
   */
  default HitPolicy guardedBy(Guard guard) {
    return new GuardedPolicy(this, guard);
  }

  /**
   * Hits on the nearest entry if it is no farther than a fixed cut and {@linkplain
   * io.github.semcache.guard.Guards#english the guards} do not object. Which cut is right depends
   * on the embedding model and on the traffic.
   *
   * @param maxDistance the largest cosine distance of a hit, 0 to 2
   * @return the policy; its guards can be replaced or switched off
   * @throws IllegalArgumentException if the distance is outside 0 to 2
   */
  static DistancePolicy maxDistance(double maxDistance) {
    return DistancePolicy.ofCosine(maxDistance);
  }

  /**
   * As {@link #maxDistance}, with a cut that means the same for every embedding model: the distance
   * relative to that of unrelated prompts. The cache tells the policy the {@linkplain
   * EmbeddingScale scale} of its model when it is built.
   *
   * @param relativeDistance the largest relative distance of a hit, 0 (the same) to 1 (as far apart
   *     as unrelated prompts)
   * @return the policy, which misses as long as nobody has told it the scale
   * @throws IllegalArgumentException if the distance is outside 0 to 1
   */
  static DistancePolicy relativeDistance(double relativeDistance) {
    return DistancePolicy.ofRelative(relativeDistance);
  }

  /**
   * {@link #relativeDistance(double)} on a scale of your own.
   *
   * @param relativeDistance the largest relative distance of a hit, 0 to 1
   * @param scale the embedding model's scale
   * @return the policy
   * @throws IllegalArgumentException if the distance is outside 0 to 1
   */
  static DistancePolicy relativeDistance(double relativeDistance, EmbeddingScale scale) {
    requireNonNull(scale, "scale");
    return relativeDistance(relativeDistance).scaledBy(() -> Optional.of(scale));
  }

  /**
   * Hits only where prompts have the same content words and numbers, in any order, inflection and
   * spelling; no guard objects; and the relative distance is at most 0.10. Few hits, of which
   * hardly any is wrong: the rule for the time before more is known of the traffic.
   *
   * @return the policy, which misses as long as nobody has told it the scale
   */
  static DistancePolicy sameWords() {
    return relativeDistance(DistancePolicy.SAME_WORDS_CUT).guardedBy(Guards.sameWords());
  }

  /**
   * Learns from verdicts which hits are right, and serves as many as keep the wrong ones within a
   * budget. Needs an {@code AnswerJudge}. See {@link ErrorBudget} for what it promises and for its
   * options.
   *
   * @param budget the wrong hits among all requests to aim at, at most; above 0 and below 1
   * @return a policy that has learned nothing yet
   * @throws IllegalArgumentException if the budget is outside its bounds
   */
  static ErrorBudget errorBudget(double budget) {
    return ErrorBudget.of(budget);
  }

  /**
   * Never hits: only a prompt that is equal after normalization is answered from the cache.
   *
   * @return the policy
   */
  static HitPolicy never() {
    return (query, matches) -> Decision.miss(MissReason.NEVER);
  }
}
