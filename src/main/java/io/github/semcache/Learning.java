package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.judge.Comparison;
import io.github.semcache.learning.PolicyState;
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.LabeledDecision;
import io.github.semcache.policy.LearningPolicy;
import io.github.semcache.policy.Verdict;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes after a model's answer: it is compared with the answers that the cache could have
 * served, the policy learns from the verdict, and a prompt whose answer says the same joins the
 * answer group. All of it off the caller's path.
 */
final class Learning implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SemanticCache.class);

  /** How many answers a new one is compared with until one says the same. */
  private static final int COMPARISONS = 2;

  /** How many verdicts there are from one saving to the next. */
  private static final int SAVE_AFTER = 100;

  /** How long what another instance learns goes unheard at most, if there are lookups. */
  private static final long LOOK_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();

  private static final Duration LOOK_LIMIT = Duration.ofSeconds(60);

  private final @Nullable AnswerJudge judge;
  private final @Nullable LearningPolicy policy;
  private final boolean shadow;
  private final VectorStore store;
  private final InstantSource time;
  private final EventPublisher events;
  private final BoundedWorker queue;

  /** Reports must not wait for judgments, of which there may be many and slow ones. */
  private final BoundedWorker reports;

  private final EntryLocks changes;
  private final BlockedPairs blocked = new BlockedPairs();
  private final LearnedState policyState;
  private final LearnedState blockedState;
  private final AtomicInteger unsaved = new AtomicInteger();
  private final AtomicReference<PolicyState> told = new AtomicReference<>(PolicyState.COLD);
  private final AtomicBoolean saveFailed = new AtomicBoolean();
  private final AtomicBoolean reportsUnsaved = new AtomicBoolean();
  private final LongSupplier ticker;
  private final AtomicLong nextLook;

  Learning(
      SemanticCacheBuilder options,
      VectorStore store,
      EntryLocks changes,
      HitPolicy policy,
      EventPublisher events) {
    this.judge = options.judge;
    this.policy = policy instanceof LearningPolicy learning ? learning : null;
    if (this.policy != null) {
      this.policy.begin();
    }
    this.shadow = options.shadowMode;
    this.store = store;
    this.changes = changes;
    this.time = options.time;
    this.events = events;
    this.ticker = options.ticker;
    this.nextLook = new AtomicLong(ticker.getAsLong() + LOOK_INTERVAL_NANOS);
    this.queue = options.judgeQueue();
    this.reports = BoundedWorker.of("semcache-reports", 1, LOOK_LIMIT);
    StateStore states = options.states(store);
    this.policyState = new LearnedState(states, "policy", store.space());
    this.blockedState = new LearnedState(states, "blocked-pairs", store.space());
    load();
  }

  /** Takes up what was learned before. What cannot be used is passed over. */
  private void load() {
    loadReports();
    LearningPolicy learning = policy;
    if (learning != null) {
      attempt(() -> policyState.load().ifPresent(learning::merge));
      tellState(learning);
    }
  }

  /** Says so if the policy has come into another state; returns whether it has. */
  private boolean tellState(LearningPolicy learning) {
    PolicyState now = learning.state();
    PolicyState before = told.getAndSet(now);
    if (now != before) {
      events.publish(new CacheEvent.PolicyStateChanged(before, now));
    }
    return now != before;
  }

  /** The matches that people have not ruled out. */
  List<Match> allowed(Query query, List<Match> matches) {
    lookForReports();
    return blocked.allowed(query, matches);
  }

  /** Takes up, now and then, what other instances on the same store have learned. */
  private void lookForReports() {
    long due = nextLook.get();
    long now = ticker.getAsLong();
    if (now - due >= 0 && nextLook.compareAndSet(due, now + LOOK_INTERVAL_NANOS)) {
      reports.offer(this::load);
    }
  }

  private void loadReports() {
    attempt(() -> blockedState.load().ifPresent(blocked::merge));
    saveReports();
  }

  /** Once more, if that failed before. */
  private void saveReports() {
    if (reportsUnsaved.get()) {
      attempt(this::exchangeReports);
    }
  }

  /** Whether a hit is kept from the caller, to see what it would have been worth. */
  boolean hides(CacheRequest request, CacheEntry entry, CacheEvent.Tier tier, double distance) {
    if (shadow && request.hides()) {
      events.publish(new CacheEvent.ShadowHit(tier, distance, ReplyMapper.replyOf(entry).usage()));
    }
    return shadow;
  }

  /**
   * The model is about to be asked. If that is in place of a hit, the policy is told at once, since
   * any number of things may keep the verdict from coming.
   */
  void asksModel(CacheRequest request) {
    CacheRequest.Choice choice = request.choice();
    LearningPolicy learning = policy;
    if (learning != null
        && choice != null
        && asJudged(choice.decision()) instanceof Decision.Audit audit) {
      attempt(
          () ->
              learning.learn(
                  new LabeledDecision(
                      request.query,
                      choice.matches(),
                      audit.match(),
                      audit,
                      Verdict.UNKNOWN,
                      time.instant())));
    }
  }

  /** Compares a new answer with those that could have been served. */
  void observe(CacheRequest request, ChatReply reply, Optional<NewEntry> kept) {
    CacheRequest.Choice choice = request.choice();
    if (judge == null || choice == null || choice.matches().isEmpty()) {
      return;
    }
    Decision decision = asJudged(choice.decision());
    if (policy == null && !(decision instanceof Decision.Audit)) {
      return;
    }
    Observation observation =
        new Observation(request.query, choice.matches(), decision, reply.text(), kept);
    if (!queue.offer(() -> judge(observation))) {
      events.publish(new CacheEvent.JudgmentDropped());
    }
  }

  /** In shadow mode every hit is judged, so each stands for itself alone. */
  private Decision asJudged(Decision decision) {
    if (!shadow || decision instanceof Decision.Miss) {
      return decision;
    }
    return Decision.audit(matchOf(decision), 1);
  }

  private static Match matchOf(Decision decision) {
    return decision instanceof Decision.Hit hit ? hit.match() : ((Decision.Audit) decision).match();
  }

  private void judge(Observation observation) {
    boolean first = true;
    for (Match candidate : observation.candidates()) {
      Verdict verdict = verdict(observation, candidate);
      boolean wouldHit = first && observation.decision instanceof Decision.Audit;
      events.publish(new CacheEvent.Judged(verdict, wouldHit, candidate.distance()));
      if (first) {
        learn(observation.lesson(candidate, verdict));
        first = false;
      }
      if (verdict == Verdict.SAME) {
        observation.kept.ifPresent(kept -> join(kept, candidate.entry().group()));
      }
      if (verdict != Verdict.DIFFERENT) {
        break;
      }
    }
    saveIfDue();
  }

  private void saveIfDue() {
    if (unsaved.get() >= SAVE_AFTER) {
      save();
    }
  }

  private Verdict verdict(Observation observation, Match candidate) {
    AnswerJudge asked = requireNonNull(judge);
    Comparison comparison =
        new Comparison(
            candidate.entry().prompt(),
            candidate.entry().answer(),
            observation.query.text(),
            observation.reply);
    Verdict verdict = ask(asked, comparison);
    boolean confirmed =
        verdict != Verdict.DIFFERENT
            || asked.isFinal()
            || ask(asked, comparison) == Verdict.DIFFERENT;
    return confirmed ? verdict : Verdict.UNKNOWN;
  }

  private Verdict ask(AnswerJudge asked, Comparison comparison) {
    try {
      return requireNonNull(asked.judge(comparison), "the judge gave no verdict");
    } catch (Throwable e) { // Perhaps on the caller's thread, whose answer must not be lost.
      events.publish(new CacheEvent.Failed(CacheEvent.Part.JUDGE, e));
      return Verdict.UNKNOWN;
    }
  }

  /**
   * Makes a new entry a further key of an answer group, for the rest of its life, unless it was
   * changed or removed in the meantime. Another instance that removes or replaces it at this very
   * moment may find it written again; at its time it expires all the same.
   */
  private void join(NewEntry kept, String group) {
    attempt(() -> changes.rewrite(() -> rewrite(kept, group)));
  }

  private void rewrite(NewEntry kept, String group) {
    CacheEntry entry = kept.entry();
    Optional<Duration> rest = kept.timeToLive().map(full -> rest(entry, full));
    boolean expires = rest.filter(left -> left.toMillis() < 1).isPresent();
    if (!expires && store.find(entry.key()).filter(entry::equals).isPresent()) {
      store.put(List.of(new NewEntry(entry.group(group), kept.embedding(), rest)));
    }
  }

  /** A clock that was set back makes nothing live longer. */
  private Duration rest(CacheEntry entry, Duration timeToLive) {
    Duration rest = Duration.between(time.instant(), entry.createdAt().plus(timeToLive));
    return rest.compareTo(timeToLive) < 0 ? rest : timeToLive;
  }

  /** Learns what a person said of a hit. */
  void report(Query query, List<Match> matches, Match served, Verdict verdict) {
    learn(
        new LabeledDecision(query, matches, served, Decision.hit(served), verdict, time.instant()));
    if (unsaved.get() >= SAVE_AFTER) {
      reports.offer(this::saveIfDue);
    }
  }

  /**
   * Makes sure that a prompt is never again answered with entries. If that cannot be saved it holds
   * in this cache all the same, and is saved later.
   *
   * @param names their keys and their answer groups
   * @throws io.github.semcache.store.StoreException if it cannot be saved
   */
  void block(Query query, Set<String> names) {
    blocked.add(query, names);
    exchangeReports();
  }

  private void exchangeReports() {
    reportsUnsaved.set(false);
    boolean saved = false;
    try {
      blockedState.exchange(blocked::merge, blocked::learned, this::failed);
      saved = true;
    } finally {
      if (!saved) {
        reportsUnsaved.set(true);
      }
    }
  }

  private void learn(LabeledDecision lesson) {
    LearningPolicy learning = policy;
    if (learning != null && lesson.verdict() != Verdict.UNKNOWN) {
      attempt(() -> learning.learn(lesson));
      unsaved.incrementAndGet();
      if (tellState(learning) && learning.state() == PolicyState.TRIPPED) {
        save(); // Nor must other instances, or this one after a crash, go on as before.
      }
    }
  }

  /**
   * Exchanges what was learned with other instances on the same store. If that fails, it is tried
   * again after as many verdicts, and at the end.
   */
  private void save() {
    LearningPolicy learning = policy;
    unsaved.set(0);
    if (learning != null) {
      saveFailed.set(true);
      attempt(
          () -> {
            policyState.exchange(learning::merge, learning::learned, this::failed);
            saveFailed.set(false);
          });
      tellState(learning);
    }
  }

  /** Trouble here never fails a call: what cannot be learned now is learned later or not at all. */
  private void attempt(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      failed(e);
    }
  }

  private void failed(Throwable failure) {
    events.publish(new CacheEvent.Failed(CacheEvent.Part.LEARNING, failure));
    log.debug("The cache could not learn; it goes on with what it knows", failure);
  }

  /** Ends the judging and saves what was learned. */
  @Override
  public void close() {
    queue.close();
    reports.close();
    if (unsaved.get() > 0 || saveFailed.get()) {
      save();
    }
    saveReports();
    if (policy != null) {
      policy.end();
    }
  }

  /** A model's answer beside the entries that could have been served. */
  private final class Observation {
    private final Query query;
    private final List<Match> matches;
    private final Decision decision;
    private final String reply;
    private final Optional<NewEntry> kept;

    Observation(
        Query query,
        List<Match> matches,
        Decision decision,
        String reply,
        Optional<NewEntry> kept) {
      this.query = query;
      this.matches = matches;
      this.decision = decision;
      this.reply = reply;
      this.kept = kept;
    }

    /** What would have been served first, then the nearest of each other group. */
    List<Match> candidates() {
      Match first = decision instanceof Decision.Miss ? matches.get(0) : matchOf(decision);
      Set<String> groups = new HashSet<>(Set.of(first.entry().group()));
      List<Match> candidates = new ArrayList<>(List.of(first));
      matches.stream().filter(match -> groups.add(match.entry().group())).forEach(candidates::add);
      return candidates.subList(0, Math.min(COMPARISONS, candidates.size()));
    }

    LabeledDecision lesson(Match judged, Verdict verdict) {
      return new LabeledDecision(query, matches, judged, decision, verdict, time.instant());
    }
  }
}
