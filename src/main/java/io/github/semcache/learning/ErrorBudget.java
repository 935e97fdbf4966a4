package io.github.semcache.learning;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.EmbeddingScale;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.LabeledDecision;
import io.github.semcache.policy.LearningPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.policy.ScaledPolicy;
import io.github.semcache.policy.Verdict;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Serves as many hits as keep the wrong ones within a budget: at most so many wrong hits among all
 * requests. It learns from verdicts on answers of the model which hits would have been right.
 *
 * <pre>{@code
 * SemanticCache.builder()
 *     .embedder(embedder)
 *     .chatClient(chatClient)
 *     .hitPolicy(HitPolicy.errorBudget(0.01).auditShare(0.03))
 *     .judge(AnswerJudge.chat(chatClient))
 * }</pre>
 *
 * <p>Until it has learned, and again after the traffic has changed, a conservative rule decides in
 * its place. A share of the hits is audited: the model is asked as if they were misses. The budget
 * is a target, not a guarantee: it holds as far as the verdicts are right and the traffic to come
 * resembles the traffic judged.
 *
 * <p>What people report is no sample of the hits, and loosens nothing: a wrong answer makes the
 * policy warier of its answer group and of the words that made the difference; a right one is
 * served again for the same prompt, whatever its risk is. Of each prompt and entry the last report
 * counts, and once.
 *
 * <p>The methods that set an option return a policy that has learned nothing; an instance learns
 * for one cache at a time. Decisions take tens of microseconds and do not block. Safe for use by
 * many threads.
 */
public final class ErrorBudget implements LearningPolicy, ScaledPolicy {
  /** How many verdicts there are from one fit to the next: a quarter of those there are, within. */
  private static final int REFIT_AT_FIRST = 20;

  private static final int REFIT_AFTER = 200;

  /** What is kept when the traffic has changed, and how many verdicts have to follow. */
  private static final int KEPT_ON_TRIP = 100;

  private static final int VERDICTS_AFTER_TRIP = 200;

  /** With so many audits in a row that got no verdict, nothing watches the hits any more. */
  private static final int MAX_UNANSWERED = 20;

  /** A hit that is wrong more often than this is not worth making, even if there is room. */
  private static final double MAX_RISK = 0.2;

  /** The options. */
  private record Options(
      double budget,
      double confidence,
      double auditShare,
      int warmUp,
      int window,
      Guards guards,
      HitPolicy conservative) {

    Options {
      requireNonNull(guards, "guards");
      requireNonNull(conservative, "conservative");
      checkInside("budget", budget);
      checkInside("confidence", confidence);
      checkInside("auditShare", auditShare);
      checkAtLeast("warmUp", warmUp, 20);
      checkAtLeast("window", window, 20);
    }

    /** Of two options; so it does not matter which of them was set first. */
    void checkTogether() {
      if (window < warmUp) {
        throw new IllegalArgumentException(
            "window is " + window + "; it must be at least the warmUp, " + warmUp);
      }
    }

    private static void checkInside(String option, double value) {
      if (!(value > 0 && value < 1)) {
        throw new IllegalArgumentException(
            option + " is " + value + "; it must be above 0 and below 1");
      }
    }

    private static void checkAtLeast(String option, int value, int least) {
      if (value < least) {
        throw new IllegalArgumentException(
            option + " is " + value + "; it must be at least " + least);
      }
    }
  }

  private final Options options;
  private final ExampleWindow window;
  private final UserReports reports;
  private final DriftDetector drift = new DriftDetector();

  private volatile HitPolicy conservative;
  private volatile OddsTable records = new OddsTable();
  private volatile @Nullable RiskModel model;
  private volatile PolicyState state = PolicyState.COLD;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicBoolean inUse = new AtomicBoolean();
  private volatile long verdicts;
  private long fitAt;

  private ErrorBudget(Options options) {
    this.options = options;
    this.conservative = options.conservative;
    this.window = new ExampleWindow(options.window);
    this.reports = new UserReports(options.window);
    this.fitAt = options.warmUp;
  }

  /**
   * A policy with the default options.
   *
   * @param budget the wrong hits among all requests to aim at, at most; above 0 and below 1
   * @return a policy that has learned nothing yet
   * @throws IllegalArgumentException if the budget is outside its bounds
   */
  public static ErrorBudget of(double budget) {
    return new ErrorBudget(
        new Options(budget, 0.95, 0.05, 300, 4_000, Guards.english(), HitPolicy.sameWords()));
  }

  /**
   * Sets how sure to be that the budget is kept when the cut is chosen. More costs hits.
   *
   * @param confidence above 0 and below 1; 0.95 unless set
   * @return a policy that has learned nothing yet
   * @throws IllegalArgumentException if the confidence is outside its bounds
   */
  public ErrorBudget confidence(double confidence) {
    Options o = options;
    return new ErrorBudget(
        new Options(
            o.budget, confidence, o.auditShare, o.warmUp, o.window, o.guards, o.conservative));
  }

  /**
   * Sets the share of hits for which the model is asked all the same, to learn whether they would
   * have been right.
   *
   * @param share above 0 and below 1; 0.05 unless set
   * @return a policy that has learned nothing yet
   * @throws IllegalArgumentException if the share is outside its bounds
   */
  public ErrorBudget auditShare(double share) {
    Options o = options;
    return new ErrorBudget(
        new Options(o.budget, o.confidence, share, o.warmUp, o.window, o.guards, o.conservative));
  }

  /**
   * Sets how many verdicts it takes before what was learned decides.
   *
   * @param verdicts at least 20, and no more than the window, as the cache checks when it is built;
   *     300 unless set
   * @return a policy that has learned nothing yet
   * @throws IllegalArgumentException if the number is outside its bounds
   */
  public ErrorBudget warmUp(int verdicts) {
    Options o = options;
    return new ErrorBudget(
        new Options(
            o.budget, o.confidence, o.auditShare, verdicts, o.window, o.guards, o.conservative));
  }

  /**
   * Sets how many of the latest verdicts are learned from.
   *
   * @param verdicts at least 20, and the warm-up, as the cache checks when it is built; 4,000
   *     unless set
   * @return a policy that has learned nothing yet
   * @throws IllegalArgumentException if the number is less than 20
   */
  public ErrorBudget window(int verdicts) {
    Options o = options;
    return new ErrorBudget(
        new Options(
            o.budget, o.confidence, o.auditShare, o.warmUp, verdicts, o.guards, o.conservative));
  }

  /**
   * Sets which guards are asked. What they say is evidence: how much it weighs is learned. To let a
   * guard have the last word, see {@link #guardedBy}.
   *
   * @param guards the guards; {@link Guards#english} unless set
   * @return a policy that has learned nothing yet
   */
  public ErrorBudget guards(Guards guards) {
    Options o = options;
    return new ErrorBudget(
        new Options(
            o.budget, o.confidence, o.auditShare, o.warmUp, o.window, guards, o.conservative));
  }

  /**
   * Sets what decides while the policy has not learned enough.
   *
   * @param policy a rule that hits only where it is as good as sure; {@link HitPolicy#sameWords}
   *     unless set
   * @return a policy that has learned nothing yet
   */
  public ErrorBudget conservative(HitPolicy policy) {
    Options o = options;
    return new ErrorBudget(
        new Options(o.budget, o.confidence, o.auditShare, o.warmUp, o.window, o.guards, policy));
  }

  @Override
  public void begin() {
    options.checkTogether();
    if (inUse.getAndSet(true)) {
      throw new IllegalStateException(
          "this error budget learns for another cache; give each cache one of its own (see fresh)");
    }
  }

  @Override
  public void end() {
    inUse.set(false);
  }

  @Override
  public PolicyState state() {
    return state;
  }

  /** Scales the conservative rule, if it depends on the scale; the rest does not. */
  @Override
  public HitPolicy scaledBy(EmbeddingScale.Source scale) {
    if (conservative instanceof ScaledPolicy scaled) {
      conservative = scaled.scaledBy(scale);
    }
    return this;
  }

  @Override
  public ErrorBudget fresh() {
    return new ErrorBudget(options);
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    if (matches.isEmpty()) {
      return Decision.miss(MissReason.NO_NEIGHBOR);
    }
    Decision decision = choose(query, matches);
    return decision instanceof Decision.Hit hit && isAudited(query)
        ? Decision.audit(hit.match(), options.auditShare)
        : decision;
  }

  private Decision choose(Query query, List<Match> matches) {
    Match nearest = matches.get(0);
    if (query.maxDistance().isPresent() && nearest.distance() > query.maxDistance().getAsDouble()) {
      return Decision.miss(MissReason.TOO_FAR);
    }
    if (reports.vouchFor(query, nearest.entry())) {
      return Decision.hit(nearest);
    }
    RiskModel fitted = model;
    return fitted == null || unanswered.get() >= MAX_UNANSWERED
        ? conservatively(query, matches)
        : byRisk(query, matches, fitted);
  }

  private Decision conservatively(Query query, List<Match> matches) {
    Decision decision = conservative.decide(query, matches);
    return decision instanceof Decision.Hit ? decision : Decision.miss(MissReason.LEARNING);
  }

  private Decision byRisk(Query query, List<Match> matches, RiskModel fitted) {
    Match nearest = matches.get(0);
    PromptDiff pair = PromptDiff.of(query, nearest.entry(), options.guards);
    double risk = fitted.risk().of(Features.of(matches, pair, records));
    double limit = Math.min(fitted.cut(), MAX_RISK);
    return risk <= limit ? Decision.hit(nearest) : Decision.miss(MissReason.TOO_RISKY);
  }

  /** Chance, but the same for the same query until the next verdict: deciding changes nothing. */
  private boolean isAudited(Query query) {
    long hash = Hash.mix(Hash.of(query.key()) + verdicts);
    return Hash.fraction(hash) < options.auditShare;
  }

  @Override
  public void learn(LabeledDecision lesson) {
    if (lesson.decision() instanceof Decision.Hit) {
      learnReport(lesson);
    } else if (lesson.verdict() != Verdict.UNKNOWN) {
      learnVerdict(lesson);
    } else if (lesson.decision() instanceof Decision.Audit) {
      unanswered.incrementAndGet();
    }
  }

  /**
   * A wrong one adds to the records of its answer group and its words, whose weight is learned from
   * audits and misses; a right one holds for its prompt and its entry alone. Neither has a part in
   * the cut, the warm-up or the watch for drift: people who speak of right hits only would make any
   * cut look safe.
   */
  private synchronized void learnReport(LabeledDecision lesson) {
    if (lesson.verdict() != Verdict.UNKNOWN && reports.add(caseOf(lesson))) {
      records = allRecords();
    }
  }

  private synchronized void learnVerdict(LabeledDecision lesson) {
    unanswered.set(0);
    TrainingExample judged = caseOf(lesson);
    window.add(judged);
    records.add(judged);
    verdicts = verdicts + 1;
    if (state == PolicyState.COLD) {
      state = PolicyState.LEARNING;
    }
    RiskModel fitted = model;
    if (fitted != null && drift.shows(fitted.risk().of(judged.features()), judged.wrong())) {
      trip();
    } else if (verdicts >= fitAt) {
      fit();
    }
  }

  private TrainingExample caseOf(LabeledDecision lesson) {
    PromptDiff pair = PromptDiff.of(lesson.query(), lesson.judged().entry(), options.guards);
    List<Match> matches =
        lesson.matches().stream().dropWhile(match -> !match.equals(lesson.judged())).toList();
    return TrainingExample.of(lesson, pair, Features.of(matches, pair, records));
  }

  private OddsTable allRecords() {
    OddsTable all = OddsTable.of(window.latest());
    reports.wrong().forEach(all::add);
    return all;
  }

  private void trip() {
    drift.forget();
    window.forgetAllBut(KEPT_ON_TRIP);
    reports.merge(List.of(), window.forgottenBefore());
    model = null;
    state = PolicyState.TRIPPED;
    fitAt = verdicts + VERDICTS_AFTER_TRIP;
  }

  private void fit() {
    List<TrainingExample> cases = window.latest();
    records = allRecords();
    model = RiskModel.fit(cases, options.budget, options.confidence);
    state = PolicyState.SERVING;
    fitAt = verdicts + Math.min(REFIT_AFTER, Math.max(REFIT_AT_FIRST, cases.size() / 4));
  }

  @Override
  public synchronized byte[] learned() {
    List<TrainingExample> all = new ArrayList<>(window.latest());
    all.addAll(reports.all());
    return TrainingExampleCodec.encode(
        new TrainingExampleCodec.Content(all, window.forgottenBefore()));
  }

  @Override
  public synchronized void merge(byte[] learned) {
    TrainingExampleCodec.Content theirs =
        TrainingExampleCodec.decode(requireNonNull(learned, "learned"));
    List<TrainingExample> told = theirs.cases().stream().filter(TrainingExample::isReport).toList();
    List<TrainingExample> judged = theirs.cases().stream().filter(one -> !one.isReport()).toList();
    boolean hasVerdicts = window.merge(judged, theirs.forgottenBefore());
    boolean hasReports = reports.merge(told, theirs.forgottenBefore());
    if (hasVerdicts || hasReports) {
      records = allRecords();
    }
    if (hasVerdicts) {
      startAgain();
    }
  }

  /** The verdicts have changed as a whole. */
  private void startAgain() {
    if (window.size() >= options.warmUp && state != PolicyState.TRIPPED) {
      fit();
      return;
    }
    boolean isTripped = model != null || state == PolicyState.TRIPPED;
    state = isTripped ? PolicyState.TRIPPED : PolicyState.LEARNING;
    model = null;
    fitAt = Math.max(isTripped ? fitAt : 0, verdicts + Math.max(0, options.warmUp - window.size()));
  }
}
