package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.learning.LearningPolicy;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** An error budget that gives tests access to the learner of the latest cache. */
record CapturingPolicy(ErrorBudget policy, AtomicReference<Learner> latest)
    implements LearningPolicy, HitPolicy.Scaled {

  static CapturingPolicy of(ErrorBudget policy) {
    return new CapturingPolicy(policy, new AtomicReference<>());
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    return policy.decide(query, matches);
  }

  @Override
  public Learner newLearner() {
    Learner learner = policy.newLearner();
    latest.set(learner);
    return learner;
  }

  @Override
  public CapturingPolicy scaledBy(EmbeddingSpace.Scale.Source scale) {
    return new CapturingPolicy(policy.scaledBy(scale), latest);
  }

  Learner.State state() {
    return learner().state();
  }

  byte[] snapshot() {
    return learner().snapshot();
  }

  private Learner learner() {
    return requireNonNull(latest.get(), "no cache uses the policy");
  }
}
