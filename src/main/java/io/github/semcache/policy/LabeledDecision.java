package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.time.Instant;
import java.util.List;

/**
 * What became of a decision.
 *
 * @param query what was asked
 * @param matches the entries that the policy chose from, nearest first
 * @param judged the one of them that the verdict is on
 * @param decision what the policy had decided
 * @param verdict whether the answer of the judged one would have been right; unknown of an audit
 *     that has just begun
 * @param at when the verdict was given
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
   * @throws IllegalArgumentException if the judged one is not among the matches
   */
  public LabeledDecision {
    requireNonNull(query, "query");
    matches = List.copyOf(matches);
    requireNonNull(decision, "decision");
    requireNonNull(verdict, "verdict");
    requireNonNull(at, "at");
    if (!matches.contains(judged)) {
      throw new IllegalArgumentException("judged is not among the matches");
    }
  }
}
