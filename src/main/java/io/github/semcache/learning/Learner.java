package io.github.semcache.learning;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.Verdict;

/**
 * The learned state of one cache. The cache passes it the verdicts of its {@code AnswerJudge} and
 * of users, and stores its snapshots beside the entries.
 *
 * <p>Implementations are thread-safe and do no I/O.
 */
public interface Learner {

  /**
   * Returns a policy that decides based on all updates so far. It is immutable: updates change
   * later results of this method, not policies that were returned earlier.
   *
   * @return the current policy
   */
  HitPolicy policy();

  /**
   * Learns from one labeled decision. May take as long as training a model, except for audits with
   * the verdict {@link Verdict#UNKNOWN}.
   *
   * <p>The start of each {@linkplain Decision.Audit audit} is reported with the verdict {@link
   * Verdict#UNKNOWN}, on the thread of the request; the verdict follows if there is one. If audits
   * are no longer followed by verdicts, hits are no longer checked.
   *
   * <p>A labeled {@linkplain Decision.Hit hit} is a user's report. Users choose which hits to
   * report, so reports are not a sample of the hits.
   *
   * @param decision the decision and its label
   */
  void update(LabeledDecision decision);

  /**
   * Returns the learning progress.
   *
   * @return the state
   */
  PolicyState state();

  /**
   * Returns the learned state, for another instance or for a later start.
   *
   * @return bytes that {@link #merge} accepts
   */
  byte[] snapshot();

  /**
   * Adds the learned state of another instance. Merging the same snapshot twice changes nothing.
   *
   * @param snapshot a {@link #snapshot} of a learner of the same kind for the same embedding model
   * @throws IllegalArgumentException if the bytes are not such a snapshot; in that case, nothing
   *     changes
   */
  void merge(byte[] snapshot);
}
