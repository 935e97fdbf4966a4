package io.github.semcache;

import io.github.semcache.policy.Decision;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Optional;

/**
 * What the cache knows of a prompt, for people who tune it. Immutable.
 *
 * @param exact the entry of the same normalized text and scope, if there is one
 * @param candidates the nearest entries of the scope, nearest first, each with what the policy says
 *     of it when it is the only one
 * @param decision what the policy decides on all candidates together
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
   * @param decision what the policy says of it alone
   */
  public record Candidate(Match match, Decision decision) {}
}
