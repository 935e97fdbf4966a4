package io.github.semcache.learning;

import static java.util.Objects.requireNonNull;

import io.github.semcache.guard.Guard;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.time.Instant;
import java.util.List;

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

  /**
   * The learned state of one cache. The cache passes it the verdicts of its {@code AnswerJudge} and
   * of users, and stores its snapshots beside the entries.
   *
   * <p>Implementations are thread-safe and do no I/O.
   */
  interface Learner {

    /**
     * Returns a policy that decides based on all updates so far. It is immutable: updates change
     * later results of this method, not policies that were returned earlier.
     *
     * @return the current policy
     */
    HitPolicy policy();

    /**
     * Learns from one labeled decision. May take as long as training a model, except for audits
     * with the verdict {@link Verdict#UNKNOWN}.
     *
     * <p>The start of each {@linkplain Decision.Audit audit} is reported with the verdict {@link
     * Verdict#UNKNOWN}, on the thread of the request; the verdict follows if there is one. If
     * audits are no longer followed by verdicts, hits are no longer checked.
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
    State state();

    /**
     * Returns the learned state, for another instance or for a later start.
     *
     * @return bytes that {@link #merge} accepts
     */
    byte[] snapshot();

    /**
     * Adds the learned state of another instance. Merging the same snapshot twice changes nothing.
     *
     * @param snapshot a {@link #snapshot} of a learner of the same kind for the same embedding
     *     model
     * @throws IllegalArgumentException if the bytes are not such a snapshot; in that case, nothing
     *     changes
     */
    void merge(byte[] snapshot);

    /**
     * A decision and the verdict on it.
     *
     * @param query the query that was decided on
     * @param matches the candidates, nearest first
     * @param judged the candidate that the verdict concerns
     * @param decision the decision of the policy
     * @param verdict whether the answer of {@code judged} is right for the query; {@link
     *     Verdict#UNKNOWN} for an audit that has just started
     * @param at the time of the verdict
     */
    record LabeledDecision(
        Query query,
        List<Match> matches,
        Match judged,
        Decision decision,
        Verdict verdict,
        Instant at) {

      /**
       * Checks and copies the components.
       *
       * @throws IllegalArgumentException if {@code judged} is not one of the matches
       */
      public LabeledDecision {
        requireNonNull(query, "query");
        matches = List.copyOf(matches);
        requireNonNull(decision, "decision");
        requireNonNull(verdict, "verdict");
        requireNonNull(at, "at");
        if (!matches.contains(judged)) {
          throw new IllegalArgumentException("judged is not one of the matches");
        }
      }
    }

    /** The learning progress of a {@link LearningPolicy}. */
    enum State {
      /** No verdict has been received. The fallback rule decides. */
      COLD,
      /** Too few verdicts have been received. The fallback rule decides. */
      LEARNING,
      /** The learned model decides. */
      SERVING,
      /**
       * The traffic has changed. The fallback rule decides until enough new verdicts are received.
       */
      TRIPPED
    }
  }
}
