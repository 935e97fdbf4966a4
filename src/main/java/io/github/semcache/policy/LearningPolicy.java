package io.github.semcache.policy;

import io.github.semcache.guard.Guard;
import io.github.semcache.learning.PolicyState;

/**
 * A policy that learns from verdicts. The cache gives it the verdicts of its {@code AnswerJudge}
 * and of people, off the callers' path, and keeps what was learned beside its entries.
 *
 * <p>An instance learns for one cache at a time. Implementations are safe for use by many threads.
 */
public interface LearningPolicy extends HitPolicy {

  /**
   * A policy with the same options that has learned nothing, for another cache.
   *
   * @return a new instance
   */
  LearningPolicy fresh();

  /**
   * A cache begins to use this instance.
   *
   * @throws IllegalStateException if another cache uses it
   * @throws IllegalArgumentException if its options do not go together
   */
  void begin();

  /** The cache that used this instance was closed. What was learned stays. */
  void end();

  /**
   * How far the policy has learned.
   *
   * @return the state
   */
  PolicyState state();

  /**
   * Learns. May take as long as fitting a model takes, but does not block on anything outside.
   *
   * <p>Of an {@linkplain Decision.Audit audit} the policy hears at once, with a verdict of {@link
   * Verdict#UNKNOWN}, on the thread of the request, so taking it up is quick and waits for no
   * fitting; the verdict follows if there is one. Audits without any following verdicts mean that
   * nobody watches the hits.
   *
   * <p>A lesson on a {@linkplain Decision.Hit hit} is what a person says of it. People speak of the
   * hits that they choose to speak of: these are no sample of all hits.
   *
   * @param lesson a decision and the verdict on it
   */
  void learn(LabeledDecision lesson);

  /**
   * What was learned, for another instance or a later one.
   *
   * @return bytes that {@link #merge} reads
   */
  byte[] learned();

  /**
   * Adds what another instance has learned to what this one has; twice the same changes nothing.
   *
   * @param learned what {@link #learned} gave, of a policy of the same kind on the same embedding
   *     model
   * @throws IllegalArgumentException if the bytes are not that; then nothing has changed
   */
  void merge(byte[] learned);

  /** {@inheritDoc} What the guard objects to is not learned from either, as it is never served. */
  @Override
  default LearningPolicy guardedBy(Guard guard) {
    return new GuardedLearning(this, guard);
  }
}
