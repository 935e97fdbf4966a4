package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guard;
import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;

/** The result of {@link HitPolicy#guardedBy}. */
record GuardedPolicy(HitPolicy policy, Guard guard) implements HitPolicy.Scaled, NonBlocking {

  GuardedPolicy {
    requireNonNull(guard, "guard");
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    return guarded(policy.decide(query, matches), guard, query);
  }

  @Override
  public boolean isNonBlocking() {
    return NonBlocking.test(policy) && NonBlocking.test(guard);
  }

  /** Returns a miss if the decision is a hit or an audit that the guard rejects. */
  static Decision guarded(Decision decision, Guard guard, Query query) {
    if (decision instanceof Decision.Hit hit) {
      return guarded(decision, hit.match(), guard, query);
    }
    return decision instanceof Decision.Audit audit
        ? guarded(decision, audit.match(), guard, query)
        : decision;
  }

  private static Decision guarded(Decision decision, Match match, Guard guard, Query query) {
    return guard
        .reject(PromptPair.of(query.text(), match.entry().prompt()))
        .map(reason -> Decision.miss(new MissReason(reason.code())))
        .orElse(decision);
  }

  @Override
  public HitPolicy scaledBy(EmbeddingSpace.Scale.Source scale) {
    return policy instanceof HitPolicy.Scaled scaled
        ? new GuardedPolicy(scaled.scaledBy(scale), guard)
        : this;
  }
}
