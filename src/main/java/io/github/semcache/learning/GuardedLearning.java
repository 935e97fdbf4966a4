package io.github.semcache.learning;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guard;
import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;

/** The result of {@link LearningPolicy#guardedBy}. */
record GuardedLearning(LearningPolicy policy, Guard guard)
    implements LearningPolicy, HitPolicy.Scaled, NonBlocking {

  GuardedLearning {
    requireNonNull(guard, "guard");
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    HitPolicy decisions = (asked, candidates) -> policy.decide(asked, candidates);
    return decisions.guardedBy(guard).decide(query, matches);
  }

  @Override
  public Learner newLearner() {
    return new GuardedLearner(policy.newLearner(), guard);
  }

  @Override
  public HitPolicy scaledBy(EmbeddingSpace.Scale.Source scale) {
    return policy instanceof HitPolicy.Scaled scaled
            && scaled.scaledBy(scale) instanceof LearningPolicy learning
        ? new GuardedLearning(learning, guard)
        : this;
  }

  @Override
  public boolean isNonBlocking() {
    return NonBlocking.test(policy) && NonBlocking.test(guard);
  }

  private record GuardedLearner(Learner learner, Guard guard) implements Learner {

    @Override
    public HitPolicy policy() {
      return learner.policy().guardedBy(guard);
    }

    @Override
    public void update(LabeledDecision decision) {
      if (decision.verdict() == Verdict.UNKNOWN || !isRejected(decision)) {
        learner.update(decision);
      }
    }

    private boolean isRejected(LabeledDecision decision) {
      PromptPair prompts =
          PromptPair.of(decision.query().text(), decision.judged().entry().prompt());
      return guard.reject(prompts).isPresent();
    }

    @Override
    public Learner.State state() {
      return learner.state();
    }

    @Override
    public byte[] snapshot() {
      return learner.snapshot();
    }

    @Override
    public void merge(byte[] snapshot) {
      learner.merge(snapshot);
    }
  }
}
