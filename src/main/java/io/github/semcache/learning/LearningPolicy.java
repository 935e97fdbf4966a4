package io.github.semcache.learning;

import io.github.semcache.guard.Guard;
import io.github.semcache.policy.HitPolicy;

/**
 * A policy that learns from verdicts. An instance contains only options: {@link #decide} decides
 * like a learner without training data. Each cache creates its own {@link Learner}, so one instance
 * can be used for several caches.
 *
 * <p>Implementations are immutable and thread-safe.
 */
public interface LearningPolicy extends HitPolicy {

  /**
   * Creates a learner that has learned nothing.
   *
   * @return a new learner
   * @throws IllegalArgumentException if the options contradict each other
   */
  Learner newLearner();

  /**
   * {@inheritDoc} Verdicts on matches that the guard rejects are not learned from, because these
   * matches are never served.
   */
  @Override
  default LearningPolicy guardedBy(Guard guard) {
    return new GuardedLearning(this, guard);
  }
}
