package io.github.semcache.learning;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guards;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import io.github.semcache.verify.PairVerifier;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves as many hits as possible while the wrong ones stay within a budget: a maximum fraction of
 * wrong hits among all requests. It learns which hits are right from verdicts on the model's
 * answers.
 *
 * <pre>{@code
 * SemanticCache.builder()
 *     .embedder(embedder)
 *     .chatClient(chatClient)
 *     .hitPolicy(ErrorBudget.of(0.01).auditRate(0.03))
 *     .judge(AnswerJudge.chat(chatClient))
 * }</pre>
 *
 * <p>A fallback rule decides until enough verdicts are received, and again after the traffic has
 * changed. A fraction of the hits is audited: the model is called as if they were misses. If the
 * audits show that the budget is used up, every further hit is audited and none is served, until
 * enough requests have followed. Correct verdicts on the audits therefore bound the number of wrong
 * hits for any traffic; decision 0021 states the bound. It is tight for hundreds of thousands of
 * requests. For fewer requests, the budget is a target, which is met if future traffic resembles
 * the judged traffic.
 *
 * <p>Users' reports are not a sample of the hits and never raise the threshold. A wrong answer
 * raises the risk of its answer group and of the words that differed. A right answer is served
 * again for the same prompt, regardless of its risk. Only the latest report of a prompt and an
 * entry counts.
 *
 * <p>Immutable and thread-safe. The methods that set an option return a new policy. A decision
 * takes tens of microseconds. It blocks only if the fallback rule, a guard, or the verifier does.
 */
public final class ErrorBudget implements LearningPolicy, HitPolicy.Scaled, NonBlocking {

  /**
   * The options.
   *
   * @param verifier scores pairs; null if the score is not a feature
   * @param fallback decides while the learned model is not in use
   */
  record Options(
      double budget,
      double confidence,
      double auditRate,
      int warmUp,
      int window,
      Guards guards,
      @Nullable PairVerifier verifier,
      HitPolicy fallback) {

    /** Checks the rule that spans two options, which can be set in any order. */
    void checkWindow() {
      if (window < warmUp) {
        throw new IllegalArgumentException(
            "window is " + window + "; it must be at least the warmUp, " + warmUp);
      }
    }

    /** Returns the score of a pair; 0.5 if there is none. */
    double score(Query query, Match match) {
      return verifier == null
          ? UNKNOWN_SCORE
          : verifier.verify(pair(query, match)).score().orElse(UNKNOWN_SCORE);
    }
  }

  private static final double UNKNOWN_SCORE = 0.5;

  /** The options while one of them is set. */
  private static final class Draft {
    double budget;
    double confidence = 0.95;
    double auditRate = 0.05;
    int warmUp = 300;
    int window = 4_000;
    Guards guards = Guards.english();
    @Nullable PairVerifier verifier;
    HitPolicy fallback = HitPolicy.sameWords();

    Draft(double budget) {
      this.budget = budget;
    }

    Draft(Options options) {
      budget = options.budget;
      confidence = options.confidence;
      auditRate = options.auditRate;
      warmUp = options.warmUp;
      window = options.window;
      guards = options.guards;
      verifier = options.verifier;
      fallback = options.fallback;
    }

    Options options() {
      return new Options(budget, confidence, auditRate, warmUp, window, guards, verifier, fallback);
    }
  }

  private final Options options;

  private ErrorBudget(Options options) {
    this.options = options;
  }

  private ErrorBudget with(Consumer<Draft> change) {
    Draft draft = new Draft(options);
    change.accept(draft);
    return new ErrorBudget(draft.options());
  }

  /**
   * Returns a policy with the default options.
   *
   * @param budget the maximum fraction of wrong hits among all requests, above 0 and below 1
   * @return the policy
   * @throws IllegalArgumentException if the budget is out of range
   */
  public static ErrorBudget of(double budget) {
    checkFraction("budget", budget);
    return new ErrorBudget(new Draft(budget).options());
  }

  /**
   * Sets the confidence level of the bound that determines the threshold. A higher level results in
   * fewer hits.
   *
   * @param confidence above 0 and below 1; 0.95 by default
   * @return a policy with this option
   * @throws IllegalArgumentException if the confidence is out of range
   */
  public ErrorBudget confidence(double confidence) {
    checkFraction("confidence", confidence);
    return with(draft -> draft.confidence = confidence);
  }

  /**
   * Sets the minimum fraction of hits that are audited. Hits with a higher risk and the first hits
   * of a model are audited more often, up to every second one.
   *
   * @param rate above 0 and below 1; 0.05 by default
   * @return a policy with this option
   * @throws IllegalArgumentException if the rate is out of range
   */
  public ErrorBudget auditRate(double rate) {
    checkFraction("auditRate", rate);
    return with(draft -> draft.auditRate = rate);
  }

  /**
   * Sets the number of verdicts before the learned model decides.
   *
   * @param verdicts at least 20 and at most the window, which the cache checks when it is built;
   *     300 by default
   * @return a policy with this option
   * @throws IllegalArgumentException if the number is less than 20
   */
  public ErrorBudget warmUp(int verdicts) {
    checkAtLeast("warmUp", verdicts, 20);
    return with(draft -> draft.warmUp = verdicts);
  }

  /**
   * Sets the number of most recent verdicts that the model is trained on.
   *
   * @param verdicts at least 20 and at least the warm-up, which the cache checks when it is built;
   *     4,000 by default
   * @return a policy with this option
   * @throws IllegalArgumentException if the number is less than 20
   */
  public ErrorBudget window(int verdicts) {
    checkAtLeast("window", verdicts, 20);
    return with(draft -> draft.window = verdicts);
  }

  /**
   * Sets the guards whose rejections are features of the model. Their weight is learned. To let a
   * guard veto hits, use {@link #guardedBy}.
   *
   * @param guards the guards; {@link Guards#english} by default
   * @return a policy with this option
   */
  public ErrorBudget guards(Guards guards) {
    requireNonNull(guards, "guards");
    return with(draft -> draft.guards = guards);
  }

  /**
   * Sets a verifier whose {@linkplain io.github.semcache.verify.Verification#score score} is a
   * feature of the model. Its weight is learned: a pair that the verifier rejects may still be
   * served. The verifier is called for the nearest entry in every decision.
   *
   * @param verifier the verifier; none by default
   * @return a policy with this option
   */
  public ErrorBudget verifier(PairVerifier verifier) {
    requireNonNull(verifier, "verifier");
    return with(draft -> draft.verifier = verifier);
  }

  /**
   * Sets the rule that decides while the learned model is not in use.
   *
   * @param fallback a rule that rarely serves wrong hits; {@link HitPolicy#sameWords} by default
   * @return a policy with this option
   * @see #verifiedFallback
   */
  public ErrorBudget fallback(HitPolicy fallback) {
    requireNonNull(fallback, "fallback");
    return with(draft -> draft.fallback = fallback);
  }

  /**
   * Sets the rule that decides while the learned model is not in use. A verifier must accept its
   * hits.
   *
   * @param policy the rule
   * @param verifier the verifier
   * @return a policy with this option
   */
  public ErrorBudget verifiedFallback(HitPolicy policy, PairVerifier verifier) {
    return fallback(new VerifiedFallback(policy, verifier));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the window is smaller than the warm-up
   */
  @Override
  public Learner newLearner() {
    options.checkWindow();
    return new ErrorBudgetLearner(options);
  }

  @Override
  public boolean isNonBlocking() {
    return options.guards.isNonBlocking()
        && NonBlocking.test(options.fallback)
        && (options.verifier == null || NonBlocking.test(options.verifier));
  }

  /** Scales the fallback rule. The learned model does not depend on the scale. */
  @Override
  public ErrorBudget scaledBy(EmbeddingSpace.Scale.Source scale) {
    requireNonNull(scale, "scale");
    return options.fallback instanceof HitPolicy.Scaled scaled
        ? fallback(scaled.scaledBy(scale))
        : this;
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    return ErrorBudgetPolicy.untrained(options).decide(query, matches);
  }

  static PairVerifier.Pair pair(Query query, Match match) {
    return new PairVerifier.Pair(
        query.text(), match.entry().prompt(), match.entry().answer(), match.distance());
  }

  private static void checkFraction(String option, double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(
          option + " is " + value + "; it must be above 0 and below 1");
    }
  }

  private static void checkAtLeast(String option, int value, int minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          option + " is " + value + "; it must be at least " + minimum);
    }
  }
}
