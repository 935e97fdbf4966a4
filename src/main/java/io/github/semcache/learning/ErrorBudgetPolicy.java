package io.github.semcache.learning;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
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
 */
record ErrorBudgetPolicy(
    ErrorBudget.Options options,
    @Nullable RiskModel model,
    OddsTable odds,
    Set<Long> confirmed,
    long verdicts)
    implements HitPolicy {

  /** Hits with a higher risk are not served, even if the budget has room for them. */
  private static final double MAX_RISK = 0.2;

  static ErrorBudgetPolicy untrained(ErrorBudget.Options options) {
    return new ErrorBudgetPolicy(options, null, OddsTable.EMPTY, Set.of(), 0);
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    if (matches.isEmpty()) {
      return Decision.miss(MissReason.NO_NEIGHBOR);
    }
    Decision decision = choose(query, matches);
    return decision instanceof Decision.Hit hit && isAudited(query)
        ? Decision.audit(hit.match(), options.auditRate())
        : decision;
  }

  private Decision choose(Query query, List<Match> matches) {
    Match nearest = matches.get(0);
    if (query.maxDistance().isPresent() && nearest.distance() > query.maxDistance().getAsDouble()) {
      return Decision.miss(MissReason.TOO_FAR);
    }
    if (!confirmed.isEmpty() && confirmed.contains(UserReports.id(query, nearest.entry()))) {
      return Decision.hit(nearest);
    }
    RiskModel fitted = model;
    return fitted == null ? byFallback(query, matches) : byRisk(query, matches, fitted);
  }

  private Decision byFallback(Query query, List<Match> matches) {
    Decision decision = options.fallback().decide(query, matches);
    return decision instanceof Decision.Hit ? decision : Decision.miss(MissReason.LEARNING);
  }

  private Decision byRisk(Query query, List<Match> matches, RiskModel fitted) {
    Match nearest = matches.get(0);
    PromptDiff diff = PromptDiff.of(query, nearest.entry(), options.guards());
    double risk = fitted.risk().of(Features.of(matches, diff, odds));
    return risk <= Math.min(fitted.threshold(), MAX_RISK)
        ? Decision.hit(nearest)
        : Decision.miss(MissReason.TOO_RISKY);
  }

  /**
   * Chooses audits by a hash, so that the decision on a query is the same until the next verdict.
   */
  private boolean isAudited(Query query) {
    long hash = Hashing.mix(Hashing.of(query.key()) + verdicts);
    return Hashing.fraction(hash) < options.auditRate();
  }
}
