package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.EmbeddingScale;
import io.github.semcache.guard.Guard;
import io.github.semcache.learning.PolicyState;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;

/** {@link LearningPolicy#guardedBy}. */
record GuardedLearning(LearningPolicy policy, Guard guard) implements LearningPolicy, ScaledPolicy {

  GuardedLearning {
    requireNonNull(guard, "guard");
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    return Guarded.decide(policy.decide(query, matches), guard, query);
  }

  @Override
  public LearningPolicy fresh() {
    return new GuardedLearning(policy.fresh(), guard);
  }

  @Override
  public void begin() {
    policy.begin();
  }

  @Override
  public void end() {
    policy.end();
  }

  @Override
  public PolicyState state() {
    return policy.state();
  }

  @Override
  public void learn(LabeledDecision lesson) {
    if (lesson.verdict() == Verdict.UNKNOWN
        || guard.reject(Guarded.pair(lesson.query(), lesson.judged())).isEmpty()) {
      policy.learn(lesson);
    }
  }

  @Override
  public byte[] learned() {
    return policy.learned();
  }

  @Override
  public void merge(byte[] learned) {
    policy.merge(learned);
  }

  @Override
  public LearningPolicy guardedBy(Guard another) {
    return LearningPolicy.super.guardedBy(another);
  }

  @Override
  public HitPolicy scaledBy(EmbeddingScale.Source scale) {
    return policy instanceof ScaledPolicy scaled
            && scaled.scaledBy(scale) instanceof LearningPolicy learning
        ? new GuardedLearning(learning, guard)
        : this;
  }
}
