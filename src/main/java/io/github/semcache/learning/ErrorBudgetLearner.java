package io.github.semcache.learning;

import static java.util.Objects.requireNonNull;

import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.store.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Learns the decisions of an {@link ErrorBudget} for one cache. Thread-safe. */
final class ErrorBudgetLearner implements Learner {
  /** The number of verdicts between two fits: a quarter of the examples, within these bounds. */
  private static final int MIN_REFIT_INTERVAL = 20;

  private static final int MAX_REFIT_INTERVAL = 200;

  /** The number of examples that remain when the traffic has changed. */
  private static final int RETAINED_ON_TRIP = 100;

  /** The number of verdicts after the traffic has changed until a model is fitted again. */
  private static final int VERDICTS_AFTER_TRIP = 200;

  /** The number of consecutive audits without a verdict after which the fallback rule decides. */
  private static final int MAX_UNANSWERED_AUDITS = 20;

  private final ErrorBudget.Options options;
  private final ExampleWindow window;
  private final UserReports reports;
  private final DriftDetector drift = new DriftDetector();
  private final RiskCalibration calibration = new RiskCalibration();
  private final AuditLedger ledger;
  private final AtomicInteger unansweredAudits = new AtomicInteger();

  private volatile ErrorBudgetPolicy current;
  private volatile ErrorBudgetPolicy currentFallback;
  private volatile Learner.State state = Learner.State.COLD;

  // Guarded by this.
  private OddsTable odds = OddsTable.EMPTY;
  private @Nullable RiskModel model;
  private Set<Long> confirmed = Set.of();
  private long verdicts;
  private long nextFit;

  ErrorBudgetLearner(ErrorBudget.Options options) {
    this.options = options;
    this.ledger = new AuditLedger(options.budget(), options.auditRate());
    this.window = new ExampleWindow(options.window());
    this.reports = new UserReports(options.window());
    this.nextFit = options.warmUp();
    this.current = ErrorBudgetPolicy.untrained(options);
    this.currentFallback = current;
  }

  @Override
  public HitPolicy policy() {
    return unansweredAudits.get() >= MAX_UNANSWERED_AUDITS ? currentFallback : current;
  }

  @Override
  public Learner.State state() {
    return state;
  }

  @Override
  public void update(LabeledDecision decision) {
    if (decision.decision() instanceof Decision.Hit) {
      addReport(decision);
    } else if (decision.verdict() != Verdict.UNKNOWN) {
      addVerdict(decision);
    } else if (decision.decision() instanceof Decision.Audit) {
      unansweredAudits.incrementAndGet();
    }
  }

  /**
   * Adds a user's report. A wrong answer adds to the odds of its group and words. A correct answer
   * applies only to its prompt and entry. Reports do not count for the threshold, the warm-up or
   * the drift detection, because users who report only correct hits would make any threshold appear
   * safe.
   */
  private synchronized void addReport(LabeledDecision decision) {
    if (decision.verdict() != Verdict.UNKNOWN && reports.add(exampleOf(decision))) {
      confirmed = reports.confirmed();
      odds = allOdds();
      publish();
    }
  }

  private synchronized void addVerdict(LabeledDecision decision) {
    unansweredAudits.set(0);
    TrainingExample example = exampleOf(decision);
    window.add(example);
    ledger.add(example);
    odds = odds.plus(example);
    verdicts++;
    if (state == Learner.State.COLD) {
      state = Learner.State.LEARNING;
    }
    RiskModel fitted = model;
    if (fitted != null) {
      compare(example, fitted.risk().of(example.features()));
    }
    if (verdicts >= nextFit) {
      fit();
    }
    publish();
  }

  /**
   * Compares a verdict with its prediction. If the verdicts are worse than predicted, the policy
   * trips. If they are better, the traffic has changed as well, but that is no reason to stop: the
   * hits are audited as often as those of a new model. In this case, the next fit is due at once;
   * if only the audits contradict the model, after the minimum interval.
   */
  private void compare(TrainingExample example, double predicted) {
    if (example.isAudit()) {
      calibration.add(predicted, example);
    }
    DriftDetector.Trend trend = drift.add(predicted, example.wrong());
    if (trend == DriftDetector.Trend.WORSE) {
      trip();
    } else if (trend == DriftDetector.Trend.BETTER) {
      drift.reset();
      calibration.onChange();
      nextFit = verdicts;
    } else if (example.wrong() && example.isAudit() && calibration.isContradicted()) {
      nextFit = Math.min(nextFit, verdicts + MIN_REFIT_INTERVAL);
    }
  }

  private TrainingExample exampleOf(LabeledDecision decision) {
    PromptDiff diff = PromptDiff.of(decision.query(), decision.judged().entry(), options.guards());
    double score = options.score(decision.query(), decision.judged());
    List<Match> matches =
        decision.matches().stream().dropWhile(match -> !match.equals(decision.judged())).toList();
    return TrainingExample.of(decision, diff, Features.of(matches, diff, odds, score));
  }

  private OddsTable allOdds() {
    return OddsTable.of(window.latest()).plus(reports.wrong());
  }

  private void trip() {
    drift.reset();
    window.retainLatest(RETAINED_ON_TRIP);
    reports.merge(List.of(), window.droppedBefore());
    confirmed = reports.confirmed();
    odds = allOdds();
    calibration.reset();
    model = null;
    state = Learner.State.TRIPPED;
    nextFit = verdicts + VERDICTS_AFTER_TRIP;
  }

  private void fit() {
    List<TrainingExample> examples = window.latest();
    odds = allOdds();
    RiskModel.Plan plan =
        new RiskModel.Plan(
            BudgetPlan.target(examples, options),
            options.confidence(),
            calibration.correction(options.auditRate()));
    model = RiskModel.fit(examples, plan, model);
    state = Learner.State.SERVING;
    nextFit =
        verdicts + Math.min(MAX_REFIT_INTERVAL, Math.max(MIN_REFIT_INTERVAL, examples.size() / 4));
  }

  /** Replaces the policy that decides from now on. */
  private void publish() {
    currentFallback = policy(null);
    current = policy(model);
  }

  private ErrorBudgetPolicy policy(@Nullable RiskModel fitted) {
    return new ErrorBudgetPolicy(
        options, fitted, odds, confirmed, verdicts, ledger.isOverdrawn(), calibration.startRate());
  }

  @Override
  public synchronized byte[] snapshot() {
    List<TrainingExample> all = new ArrayList<>(window.latest());
    all.addAll(reports.all());
    return TrainingExampleCodec.encode(
        new TrainingExampleCodec.Content(all, window.droppedBefore()));
  }

  @Override
  public synchronized void merge(byte[] snapshot) {
    TrainingExampleCodec.Content theirs =
        TrainingExampleCodec.decode(requireNonNull(snapshot, "snapshot"));
    List<TrainingExample> theirReports =
        theirs.examples().stream().filter(TrainingExample::isReport).toList();
    List<TrainingExample> theirVerdicts =
        theirs.examples().stream().filter(example -> !example.isReport()).toList();
    boolean newVerdicts = window.merge(theirVerdicts, theirs.droppedBefore());
    boolean newReports = reports.merge(theirReports, theirs.droppedBefore());
    if (newVerdicts || newReports) {
      confirmed = reports.confirmed();
      odds = allOdds();
    }
    if (newVerdicts) {
      restart();
    }
    publish();
  }

  /** Fits to the merged verdicts if there are enough, else returns to the fallback rule. */
  private void restart() {
    if (window.size() >= options.warmUp() && state != Learner.State.TRIPPED) {
      fit();
      return;
    }
    boolean isTripped = model != null || state == Learner.State.TRIPPED;
    state = isTripped ? Learner.State.TRIPPED : Learner.State.LEARNING;
    model = null;
    nextFit =
        Math.max(isTripped ? nextFit : 0, verdicts + Math.max(0, options.warmUp() - window.size()));
  }
}
