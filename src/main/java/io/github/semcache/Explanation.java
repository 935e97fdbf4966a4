package io.github.semcache;

import io.github.semcache.policy.Decision;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.verify.Verification;
import java.util.List;
import java.util.Optional;

/**
 * The entries near a prompt and the decisions of the policy and the verifier on them. Immutable.
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
   * @param verification the decision of the verifier; empty if the policy does not admit the
   *     candidate, if five other candidates were verified, or if the cache has no verifier
   */
  public record Candidate(Match match, Decision decision, Optional<Verification> verification) {}
}
