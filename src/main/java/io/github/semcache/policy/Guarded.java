package io.github.semcache.policy;

import io.github.semcache.policy.guard.Guard;
import io.github.semcache.policy.guard.GuardReason;
import io.github.semcache.policy.guard.PromptPair;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Optional;

/** Asks a guard about the hits of a policy. */
final class Guarded {
  private Guarded() {}

  /**
   * Decides again without each entry that the guard objects to, until the policy hits on one that
   * it does not object to, or misses.
   *
   * @return what the policy decides in the end; if it misses because of objections, a miss with the
   *     reason of the first
   */
  static Decision decide(HitPolicy policy, Guard guard, Query query, List<Match> matches) {
    Optional<Decision> objected = Optional.empty();
    List<Match> left = matches;
    while (true) {
      Decision decision = policy.decide(query, left);
      Optional<Match> match = matchOf(decision);
      if (match.isEmpty()) {
        return objected.orElse(decision);
      }
      Optional<GuardReason> objection = guard.objection(pair(query, match.get()));
      if (objection.isEmpty()) {
        return decision;
      }
      objected = objected.or(() -> objection.map(Guarded::miss));
      left = left.stream().filter(other -> !other.equals(match.get())).toList();
    }
  }

  static PromptPair pair(Query query, Match match) {
    return PromptPair.of(query.text(), match.entry().prompt());
  }

  private static Decision miss(GuardReason objection) {
    return Decision.miss(new MissReason(objection.code()));
  }

  private static Optional<Match> matchOf(Decision decision) {
    if (decision instanceof Decision.Hit hit) {
      return Optional.of(hit.match());
    }
    return decision instanceof Decision.Audit audit ? Optional.of(audit.match()) : Optional.empty();
  }
}
