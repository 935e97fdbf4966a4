package io.github.semcache.learning;

import static java.util.Objects.requireNonNull;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.Verdict;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.time.Instant;
import java.util.List;

/**
 * A decision and the verdict on it.
 *
 * @param query the query that was decided on
 * @param matches the candidates, nearest first
 * @param judged the candidate that the verdict concerns
 * @param decision the decision of the policy
 * @param verdict whether the answer of {@code judged} is right for the query; {@link
 *     Verdict#UNKNOWN} for an audit that has just started
 * @param at the time of the verdict
 */
public record LabeledDecision(
    Query query,
    List<Match> matches,
    Match judged,
    Decision decision,
    Verdict verdict,
    Instant at) {

  /**
   * Checks and copies the components.
   *
   * @throws IllegalArgumentException if {@code judged} is not one of the matches
   */
  public LabeledDecision {
    requireNonNull(query, "query");
    matches = List.copyOf(matches);
    requireNonNull(decision, "decision");
    requireNonNull(verdict, "verdict");
    requireNonNull(at, "at");
    if (!matches.contains(judged)) {
      throw new IllegalArgumentException("judged is not one of the matches");
    }
  }
}
