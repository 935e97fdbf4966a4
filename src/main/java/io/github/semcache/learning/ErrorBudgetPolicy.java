package io.github.semcache.learning;

import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of an {@link ErrorBudget} at one point of its learning. Immutable.
 *
 * @param model the fitted model; null while the fallback rule decides
 * @param odds the verdicts per word and group
 * @param confirmed the ids of the pairs of prompt and entry that users confirmed
 * @param verdicts the number of verdicts so far, which seeds the choice of audits
 * @param isOverdrawn whether the budget is used up, so that every hit is audited
 * @param startRate the minimum rate of audits until enough hits were audited
 */
record ErrorBudgetPolicy(
    ErrorBudget.Options options,
    @Nullable RiskModel model,
    OddsTable odds,
    Set<Long> confirmed,
    long verdicts,
    boolean isOverdrawn,
    double startRate)
    implements HitPolicy {

  /** Hits with a higher risk are not served, even if the budget has room for them. */
  private static final double MAX_RISK = 0.2;

  private static final double MAX_AUDIT_RATE = 0.5;

  static ErrorBudgetPolicy untrained(ErrorBudget.Options options) {
    return new ErrorBudgetPolicy(options, null, OddsTable.EMPTY, Set.of(), 0, false, 1);
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    if (matches.isEmpty()) {
      return Decision.miss(MissReason.NO_NEIGHBOR);
    }
    Choice choice = choose(query, matches);
    return choice.decision instanceof Decision.Hit hit && isAudited(query, choice.auditRate)
        ? Decision.audit(hit.match(), choice.auditRate)
        : choice.decision;
  }

  /** A decision, and the probability with which it is audited if it is a hit. */
  private record Choice(Decision decision, double auditRate) {}

  private Choice choose(Query query, List<Match> matches) {
    Match nearest = matches.get(0);
    if (query.maxDistance().isPresent() && nearest.distance() > query.maxDistance().getAsDouble()) {
      return unrated(Decision.miss(MissReason.TOO_FAR));
    }
    if (!confirmed.isEmpty() && confirmed.contains(UserReports.id(query, nearest.entry()))) {
      return unrated(Decision.hit(nearest));
    }
    RiskModel fitted = model;
    return fitted == null ? unrated(byFallback(query, matches)) : byRisk(query, matches, fitted);
  }

  private Choice unrated(Decision decision) {
    return new Choice(decision, isOverdrawn ? 1 : options.auditRate());
  }

  private Decision byFallback(Query query, List<Match> matches) {
    Decision decision = options.fallback().decide(query, matches);
    return decision instanceof Decision.Hit ? decision : Decision.miss(MissReason.LEARNING);
  }

  private Choice byRisk(Query query, List<Match> matches, RiskModel fitted) {
    Match nearest = matches.get(0);
    PromptDiff diff = PromptDiff.of(query, nearest.entry(), options.guards());
    double score = options.score(query, nearest);
    double risk = fitted.risk().of(Features.of(matches, diff, odds, score));
    return risk <= Math.min(fitted.threshold(), MAX_RISK)
        ? new Choice(Decision.hit(nearest), isOverdrawn ? 1 : auditRate(risk))
        : unrated(Decision.miss(MissReason.TOO_RISKY));
  }

  /**
   * Returns the probability of an audit. For a given number of audits, the estimated number of
   * wrong hits has the least variance if the probability is proportional to the standard deviation
   * of the verdict, about the square root of the risk (Neyman, "On the Two Different Aspects of the
   * Representative Method", 1934).
   */
  private double auditRate(double risk) {
    double scaled = 2 * Math.sqrt(risk / options.budget()) * options.auditRate();
    return Math.max(options.auditRate(), Math.min(MAX_AUDIT_RATE, Math.max(startRate, scaled)));
  }

  /**
   * Chooses audits by a hash, so that the decision on a query is the same until the next verdict.
   */
  private boolean isAudited(Query query, double rate) {
    long hash = Hashing.mix(Hashing.of(query.key()) + verdicts);
    return Hashing.fraction(hash) < rate;
  }
}
