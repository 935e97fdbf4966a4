package io.github.semcache;

import io.github.semcache.policy.Decision;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Optional;

/**
 * The entries near a prompt and the decisions of the policy on them. Immutable.
 *
 * @param exact the entry of the same normalized text and scope, if there is one
 * @param candidates the nearest entries of the scope, nearest first
 * @param decision the decision on all candidates together
 */
public record Explanation(
    Optional<CacheEntry> exact, List<Candidate> candidates, Decision decision) {

  public Explanation {
    candidates = List.copyOf(candidates);
  }

  /**
   * A near entry.
   *
   * @param match the entry and its distance
   * @param decision the decision if this were the only candidate
   */
  public record Candidate(Match match, Decision decision) {}
}
