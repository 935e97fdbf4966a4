package io.github.semcache.internal.learning;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.concurrent.BoundedWorker;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.internal.entry.Confirmations;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.judge.AnswerJudge.Comparison;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Confirms answers of the model for other contributors. When the model has answered a prompt, the
 * answer is compared with the pending answers that would otherwise have been served for the prompt.
 * Equal answers confirm each other. The comparisons run on a background thread. Exists only if the
 * cache requires confirmations. Thread-safe.
 */
public final class ConfirmationRecorder implements AutoCloseable {
  private static final AnswerJudge SAME_TEXT = AnswerJudge.sameText();

  private final int required;
  private final AnswerJudge judge;
  private final BiFunction<Query, Embedding, List<Match>> pending;
  private final VectorStore store;
  private final CacheListener events;
  private final BoundedWorker worker;

  /**
   * Creates a recorder.
   *
   * @param required the number of other contributors who must confirm an answer
   * @param judge compares answers
   * @param pending returns the pending entries that the policy and the verifier accept for a query;
   *     called in the background
   * @param store the entries
   * @param events is notified of failures and dropped comparisons
   * @param worker runs the comparisons; closed with this recorder
   */
  public ConfirmationRecorder(
      int required,
      AnswerJudge judge,
      BiFunction<Query, Embedding, List<Match>> pending,
      VectorStore store,
      CacheListener events,
      BoundedWorker worker) {
    this.required = required;
    this.judge = judge;
    this.pending = pending;
    this.store = store;
    this.events = events;
    this.worker = worker;
  }

  /**
   * Adds the confirmations to the entry of a new answer.
   *
   * @param entry the new entry
   * @param query the query that the model answered
   * @param replaced the entry that the new one replaces; empty if there is none
   * @param isRefresh whether the cache repeats the prompt of the entry in the background
   * @return the entry with the confirmations of the replaced entry if its text is the same or the
   *     answer is refreshed; otherwise without confirmations
   */
  public CacheEntry mark(
      CacheEntry entry, Query query, Optional<CacheEntry> replaced, boolean isRefresh) {
    return replaced
        .filter(old -> isRefresh || isSameText(old, entry))
        .map(old -> Confirmations.inherit(entry, old))
        .map(same -> isRefresh ? same : Confirmations.confirm(same, Confirmations.idOf(query)))
        .orElseGet(() -> Confirmations.unconfirmed(entry, required, query));
  }

  private static boolean isSameText(CacheEntry old, CacheEntry entry) {
    return SAME_TEXT.judge(comparison(old, entry)) == Verdict.SAME;
  }

  private static Comparison comparison(CacheEntry cached, CacheEntry entry) {
    return new Comparison(cached.prompt(), cached.answer(), entry.prompt(), entry.answer());
  }

  /**
   * Schedules the comparison of a new answer with pending ones. Drops it, and counts that, if too
   * many are waiting.
   *
   * @param query the query that the model answered
   * @param embedding the embedding of the query; empty if it has none
   * @param stored the entry of the answer
   * @param replaced the entry that it replaced; empty if there was none
   */
  public void onStored(
      Query query,
      Optional<Embedding> embedding,
      CacheEntry stored,
      Optional<CacheEntry> replaced) {
    boolean isScheduled =
        worker.offer(
            () -> findEqual(query, embedding, stored, replaced),
            equal -> record(query, stored, equal));
    if (!isScheduled) {
      events.onEvent(new CacheEvent.JudgmentDropped());
    }
  }

  /** Returns the pending entries with an equal answer, and the replaced one if it has one. */
  private List<CacheEntry> findEqual(
      Query query,
      Optional<Embedding> embedding,
      CacheEntry stored,
      Optional<CacheEntry> replaced) {
    try {
      List<CacheEntry> candidates = new ArrayList<>(replaced.stream().toList());
      embedding.ifPresent(
          vector ->
              pending.apply(query, vector).stream()
                  .map(Match::entry)
                  .filter(entry -> !entry.key().equals(stored.key()))
                  .forEach(candidates::add));
      return candidates.stream().filter(candidate -> isEqual(candidate, stored)).toList();
    } catch (Throwable e) {
      fail(CacheEvent.Part.STORE, e);
      return List.of();
    }
  }

  private boolean isEqual(CacheEntry candidate, CacheEntry stored) {
    if (isSameText(candidate, stored)) {
      return true;
    }
    try {
      return requireNonNull(
              judge.judge(comparison(candidate, stored)), "the judge returned no verdict")
          == Verdict.SAME;
    } catch (Throwable e) {
      fail(CacheEvent.Part.JUDGE, e);
      return false;
    }
  }

  /** Lets the new answer confirm the equal ones, and the equal ones confirm the new one. */
  private void record(Query query, CacheEntry stored, List<CacheEntry> equal) {
    Set<String> contributors = new LinkedHashSet<>();
    for (CacheEntry entry : equal) {
      contributors.addAll(Confirmations.contributors(entry));
      if (!entry.key().equals(stored.key())) {
        confirm(entry, Confirmations.idOf(query));
      }
    }
    if (!contributors.isEmpty()) {
      confirm(stored, contributors);
    }
  }

  /** Adds confirmations to an entry, unless its answer was replaced in the meantime. */
  private void confirm(CacheEntry entry, Set<String> contributors) {
    try {
      store.updateAttributes(
          entry.key(),
          current ->
              current.answer().equals(entry.answer())
                  ? Confirmations.confirm(current, contributors)
                  : current);
    } catch (Throwable e) {
      fail(CacheEvent.Part.STORE, e);
    }
  }

  private void fail(CacheEvent.Part part, Throwable failure) {
    FatalErrors.rethrowIfFatal(failure);
    events.onEvent(new CacheEvent.Failed(part, failure));
  }

  /** Interrupts the current comparison and drops those that wait. */
  @Override
  public void close() {
    worker.close();
  }
}
