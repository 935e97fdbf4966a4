package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.EmbeddingScale;
import io.github.semcache.guard.Guard;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;

/** {@link HitPolicy#guardedBy}. */
record GuardedPolicy(HitPolicy policy, Guard guard) implements ScaledPolicy {

  GuardedPolicy {
    requireNonNull(guard, "guard");
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    return Guarded.decide(policy.decide(query, matches), guard, query);
  }

  @Override
  public HitPolicy scaledBy(EmbeddingScale.Source scale) {
    return policy instanceof ScaledPolicy scaled
        ? new GuardedPolicy(scaled.scaledBy(scale), guard)
        : this;
  }
}
