package io.github.semcache.policy;

import io.github.semcache.guard.Guard;
import io.github.semcache.guard.PromptPair;
import io.github.semcache.guard.RejectionReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;

/** Asks a guard about the hits of a policy. */
final class Guarded {
  private Guarded() {}

  /** What a policy decided, or a miss if it was a hit and the guard objects to it. */
  static Decision decide(Decision decision, Guard guard, Query query) {
    if (decision instanceof Decision.Hit hit) {
      return decide(decision, guard, pair(query, hit.match()));
    }
    return decision instanceof Decision.Audit audit
        ? decide(decision, guard, pair(query, audit.match()))
        : decision;
  }

  private static Decision decide(Decision decision, Guard guard, PromptPair prompts) {
    return guard.reject(prompts).map(Guarded::miss).orElse(decision);
  }

  static PromptPair pair(Query query, Match match) {
    return PromptPair.of(query.text(), match.entry().prompt());
  }

  private static Decision miss(RejectionReason objection) {
    return Decision.miss(new MissReason(objection.code()));
  }
}
