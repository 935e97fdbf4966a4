package io.github.semcache.policy;

import io.github.semcache.policy.budget.ErrorBudget;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;

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
   * Hits on the nearest entry if it is no farther than a fixed cut, or the {@linkplain
   * io.github.semcache.prompt.Prompt#maxDistance(double) prompt's own}. Which cut is right depends
   * on the embedding model and on the traffic.
   *
   * @param maxDistance the largest cosine distance of a hit, 0 to 2
   * @return the policy
   * @throws IllegalArgumentException if the distance is outside 0 to 2
   */
  static HitPolicy maxDistance(double maxDistance) {
    return new MaxDistance(maxDistance);
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
   * Never hits: only a prompt that is equal after normalisation is answered from the cache.
   *
   * @return the policy
   */
  static HitPolicy never() {
    return (query, matches) -> Decision.miss(MissReason.NEVER);
  }
}
