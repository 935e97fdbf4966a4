package io.github.semcache.internal.learning;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.internal.concurrent.BoundedWorker;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.judge.AnswerJudge.Comparison;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares the model's answers with the cached answers that could have been served, passes the
 * verdicts to the learner, and adds entries with the same answer to its answer group. Runs on
 * background threads. Exists only if a judge is configured together with a learning policy or
 * shadow mode. Thread-safe.
 */
public final class HitEvaluator implements AutoCloseable {
  /** The maximum number of cached answers to compare with one new answer. */
  private static final int MAX_COMPARISONS = 2;

  private final AnswerJudge judge;
  private final @Nullable LearnerSync learning;
  private final boolean shadowMode;
  private final VectorStore store;
  private final InstantSource time;
  private final CacheListener events;
  private final BoundedWorker worker;

  /**
   * Creates an evaluator.
   *
   * @param judge compares the answers
   * @param learning receives the verdicts; null if no policy learns
   * @param shadowMode whether every hit is checked
   * @param store the entries
   * @param time the clock of the verdicts
   * @param events is notified of verdicts and failures
   * @param worker runs the comparisons; closed with this evaluator
   */
  public HitEvaluator(
      AnswerJudge judge,
      @Nullable LearnerSync learning,
      boolean shadowMode,
      VectorStore store,
      InstantSource time,
      CacheListener events,
      BoundedWorker worker) {
    this.judge = judge;
    this.learning = learning;
    this.shadowMode = shadowMode;
    this.store = store;
    this.time = time;
    this.events = events;
    this.worker = worker;
  }

  /**
   * Records that the model is about to be called. The start of an audit is passed to the learner
   * immediately, because its verdict may never arrive.
   *
   * @param decided the query and the decision on it
   */
  public void onModelCall(DecidedQuery decided) {
    LearnerSync sync = learning;
    DecidedQuery checked = checked(decided);
    if (sync != null && checked.decision() instanceof Decision.Audit) {
      try {
        sync.update(labeled(checked, checked.chosen(), Verdict.UNKNOWN));
      } catch (IllegalArgumentException e) { // The policy chose an entry that is no candidate.
        events.onEvent(new CacheEvent.Failed(CacheEvent.Part.POLICY, e));
      }
    }
  }

  /**
   * Schedules the comparison of a new answer with the cached ones. Drops it, and counts that, if
   * too many are waiting.
   *
   * @param decided the query and the decision on it
   * @param reply the model's reply
   * @param stored the entry of the reply; empty if it was not stored
   */
  public void onReply(DecidedQuery decided, ChatReply reply, Optional<CacheEntry> stored) {
    DecidedQuery checked = checked(decided);
    boolean isUseful = learning != null || checked.decision() instanceof Decision.Audit;
    if (!isUseful || checked.matches().isEmpty()) {
      return;
    }
    boolean isAccepted =
        worker.offer(
            () -> verdicts(checked, reply.text()), verdicts -> apply(checked, verdicts, stored));
    if (!isAccepted) {
      events.onEvent(new CacheEvent.JudgmentDropped());
    }
  }

  private DecidedQuery checked(DecidedQuery decided) {
    return shadowMode ? decided.audited() : decided;
  }

  /** Compares the reply with one candidate after the other until one of them is not different. */
  private List<JudgedMatch> verdicts(DecidedQuery decided, String reply) {
    List<JudgedMatch> judged = new ArrayList<>();
    for (Match candidate : decided.onePerGroup(MAX_COMPARISONS)) {
      Verdict verdict = verdict(decided, reply, candidate);
      judged.add(new JudgedMatch(candidate, verdict));
      if (verdict != Verdict.DIFFERENT) {
        break;
      }
    }
    return judged;
  }

  /** Publishes the verdicts, and passes that on the first candidate to the learner. */
  private void apply(
      DecidedQuery decided, List<JudgedMatch> verdicts, Optional<CacheEntry> stored) {
    boolean isFirst = true;
    for (JudgedMatch judged : verdicts) {
      Verdict verdict = judged.verdict();
      boolean wouldHit = isFirst && decided.decision() instanceof Decision.Audit;
      events.onEvent(new CacheEvent.Judged(verdict, wouldHit, judged.match().distance()));
      if (isFirst && learning != null && verdict != Verdict.UNKNOWN) {
        learning.update(labeled(decided, judged.match(), verdict));
      }
      if (verdict == Verdict.SAME) {
        stored.ifPresent(entry -> joinGroup(entry, judged.match().entry()));
      }
      isFirst = false;
    }
    if (learning != null) {
      learning.saveIfDue();
    }
  }

  /** A candidate and the verdict on its answer. */
  private record JudgedMatch(Match match, Verdict verdict) {}

  private LabeledDecision labeled(DecidedQuery decided, Match judged, Verdict verdict) {
    return new LabeledDecision(
        decided.query(), decided.matches(), judged, decided.decision(), verdict, time.instant());
  }

  private Verdict verdict(DecidedQuery decided, String reply, Match candidate) {
    Comparison comparison =
        new Comparison(
            candidate.entry().prompt(), candidate.entry().answer(), decided.query().text(), reply);
    Verdict verdict = judge(comparison);
    boolean isConfirmed =
        verdict != Verdict.DIFFERENT || judge.isFinal() || judge(comparison) == Verdict.DIFFERENT;
    return isConfirmed ? verdict : Verdict.UNKNOWN;
  }

  private Verdict judge(Comparison comparison) {
    try {
      return requireNonNull(judge.judge(comparison), "the judge returned no verdict");
    } catch (Throwable e) { // May run on the caller's thread, which must still get its answer.
      FatalErrors.rethrowIfFatal(e);
      events.onEvent(new CacheEvent.Failed(CacheEvent.Part.JUDGE, e));
      return Verdict.UNKNOWN;
    }
  }

  /** Adds an entry to an answer group, unless it was replaced or removed in the meantime. */
  private void joinGroup(CacheEntry stored, CacheEntry member) {
    try {
      store.updateAttributes(
          stored.key(), entry -> entry.equals(stored) ? WrongReports.join(entry, member) : entry);
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      events.onEvent(new CacheEvent.Failed(CacheEvent.Part.LEARNING, e));
    }
  }

  /** Stops the worker. */
  @Override
  public void close() {
    worker.close();
  }
}
