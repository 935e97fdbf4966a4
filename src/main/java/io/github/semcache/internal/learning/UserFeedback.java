package io.github.semcache.internal.learning;

import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Processes users' reports on answers. A wrong answer is reported to its entry and to the entries
 * of its answer group. A report that cannot be stored takes effect in this cache only, and is
 * stored later. Thread-safe.
 */
public final class UserFeedback implements AutoCloseable {
  private final VectorStore store;
  private final Function<Query, List<Match>> nearest;
  private final int candidates;
  private final @Nullable LearnerSync learning;
  private final InstantSource time;
  private final CacheListener events;
  private final UnaryOperator<Supplier<List<Match>>> limited;
  private final PendingReports pending;

  /**
   * An answer that a user reports.
   *
   * @param query the query that was answered
   * @param entryKey the entry that the answer was served from or stored in; empty if none
   * @param group the answer group of the entry when it was served; empty if it was not served
   * @param isSemantic whether the answer was served for another prompt than that of its entry
   */
  public record ReportedAnswer(
      Query query, Optional<String> entryKey, Optional<String> group, boolean isSemantic) {}

  /**
   * Creates the processing of reports.
   *
   * @param store the entries
   * @param nearest returns the nearest entries of a query, including reported entries, and more
   *     entries than the policy receives; throws if the lookup fails
   * @param candidates the number of entries that the policy receives
   * @param learning receives the reports; null if no policy learns
   * @param time the clock of the reports
   * @param events is notified of reports and failures
   * @param limited returns a call that blocks on the store or the embedder with a time limit, after
   *     which it throws an exception
   * @param pending holds the reports that could not be stored
   */
  public UserFeedback(
      VectorStore store,
      Function<Query, List<Match>> nearest,
      int candidates,
      @Nullable LearnerSync learning,
      InstantSource time,
      CacheListener events,
      UnaryOperator<Supplier<List<Match>>> limited,
      PendingReports pending) {
    this.store = store;
    this.nearest = nearest;
    this.candidates = candidates;
    this.learning = learning;
    this.time = time;
    this.events = events;
    this.limited = limited;
    this.pending = pending;
  }

  /**
   * Stores a report of a wrong answer. Blocks on the store and the embedder.
   *
   * @param answer the answer
   * @throws RuntimeException if the store or the embedder fails; the report then takes effect in
   *     this cache only, and is stored later
   */
  public void reportWrong(ReportedAnswer answer) {
    events.onEvent(new CacheEvent.Reported(false));
    if (answer.entryKey().isEmpty()) {
      return;
    }
    // A call that exceeds its limit may still add the current group of the entry.
    Set<String> names = ConcurrentHashMap.newKeySet();
    names.add(answer.entryKey().get());
    answer.group().ifPresent(names::add);
    boolean isStored = false;
    List<Match> matches;
    try {
      matches = limited.apply(() -> store(answer, names)).get();
      isStored = true;
    } finally {
      if (!isStored) {
        pending.add(answer.query(), names, () -> store(answer, new HashSet<>(names)));
      }
    }
    label(answer, matches, Verdict.DIFFERENT);
  }

  /**
   * Removes the entry of exactly this prompt, and reports the entry and the known members of its
   * group as wrong for the prompt.
   *
   * @param names the keys and groups that the report concerns; the current group is added
   * @return the nearest entries before the report
   */
  private List<Match> store(ReportedAnswer answer, Set<String> names) {
    String key = answer.entryKey().orElseThrow();
    groupOf(key).ifPresent(names::add);
    List<Match> matches;
    try {
      matches = nearestEntries(answer.query());
    } finally {
      if (answer.isSemantic()) {
        report(key, answer.query());
      } else {
        store.remove(new EntrySelector.ByKey(key));
      }
    }
    matches.stream()
        .map(Match::entry)
        .filter(entry -> names.contains(entry.key()) || names.contains(entry.group()))
        .forEach(entry -> report(entry.key(), answer.query()));
    return matches;
  }

  /** Returns the nearest entries; none if the embedder rejects the text of the query. */
  private List<Match> nearestEntries(Query query) {
    try {
      return nearest.apply(query);
    } catch (EmbedderException.RejectedText e) {
      events.onEvent(new CacheEvent.Failed(CacheEvent.Part.EMBEDDER, e));
      return List.of();
    }
  }

  /** Returns the answer group of an entry; empty if there is none or it is corrupt. */
  private Optional<String> groupOf(String key) {
    return unlessCorrupt(() -> store.find(key).map(CacheEntry::group));
  }

  /** Adds a report to an entry, unless it is corrupt: a corrupt entry is not served. */
  private void report(String key, Query query) {
    Optional<CacheEntry> unused =
        unlessCorrupt(
            () -> store.updateAttributes(key, entry -> WrongReports.reported(entry, query)));
  }

  private <T> Optional<T> unlessCorrupt(Supplier<Optional<T>> access) {
    try {
      return access.get();
    } catch (StoreException.CorruptEntry e) {
      events.onEvent(new CacheEvent.Corrupt(1));
      return Optional.empty();
    }
  }

  /**
   * Counts a confirmed answer, and passes it to the learner if it was served for another prompt.
   *
   * @param answer the answer
   * @throws RuntimeException if the store or the embedder fails
   */
  public void reportRight(ReportedAnswer answer) {
    events.onEvent(new CacheEvent.Reported(true));
    if (answer.isSemantic() && learning != null) {
      label(answer, limited.apply(() -> nearest.apply(answer.query())).get(), Verdict.SAME);
    }
  }

  private void label(ReportedAnswer answer, List<Match> nearestMatches, Verdict verdict) {
    LearnerSync sync = learning;
    if (sync == null || !answer.isSemantic()) {
      return;
    }
    List<Match> matches =
        WrongReports.servable(answer.query(), nearestMatches).stream().limit(candidates).toList();
    matches.stream()
        .filter(match -> answer.entryKey().filter(match.entry().key()::equals).isPresent())
        .findFirst()
        .ifPresent(
            served ->
                sync.update(
                    new LabeledDecision(
                        answer.query(),
                        matches,
                        served,
                        Decision.hit(served),
                        verdict,
                        time.instant())));
    sync.saveIfDueLater();
  }

  /**
   * Returns whether there are reports that could not be stored.
   *
   * @return whether {@link #close} stores reports
   */
  public boolean isPending() {
    return !pending.isEmpty();
  }

  /** Stores the pending reports. */
  @Override
  public void close() {
    pending.close();
  }
}
