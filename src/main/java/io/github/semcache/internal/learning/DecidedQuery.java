package io.github.semcache.internal.learning;

import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A query and the decision of the policy on it. Immutable.
 *
 * @param query the query
 * @param matches the candidates, nearest first; not empty for a hit or an audit
 * @param decision the decision
 */
public record DecidedQuery(Query query, List<Match> matches, Decision decision) {

  /** Copies the matches. */
  public DecidedQuery {
    matches = List.copyOf(matches);
  }

  /** Returns the match that was chosen, or the nearest one after a miss. */
  Match chosen() {
    if (decision instanceof Decision.Hit hit) {
      return hit.match();
    }
    return decision instanceof Decision.Audit audit ? audit.match() : matches.get(0);
  }

  /** Returns the chosen match, then the nearest match of each other answer group. */
  List<Match> onePerGroup(int limit) {
    Match first = chosen();
    Set<String> groups = new HashSet<>(Set.of(first.entry().group()));
    List<Match> candidates = new ArrayList<>(List.of(first));
    matches.stream().filter(match -> groups.add(match.entry().group())).forEach(candidates::add);
    return candidates.subList(0, Math.min(limit, candidates.size()));
  }

  /** Returns the same query with every hit as an audit of rate 1, because all hits are checked. */
  DecidedQuery audited() {
    return decision instanceof Decision.Miss
        ? this
        : new DecidedQuery(query, matches, Decision.audit(chosen(), 1));
  }
}
