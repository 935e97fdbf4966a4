package io.github.semcache.learning;

import java.util.List;

/** Plans how much of an error budget the hits of the next verdicts may use. */
final class BudgetPlan {
  /** The rest covers errors of the estimates. */
  private static final double PLANNED_FRACTION = 0.80;

  private BudgetPlan() {}

  /**
   * Returns the planned rate of wrong hits per request: a fraction of the budget, less the excess
   * that the audits among the examples charge to it.
   *
   * @return at most the budget; 0 or less if nothing may be served
   */
  static double target(List<TrainingExample> examples, ErrorBudget.Options options) {
    double requests = 0;
    double charges = 0;
    for (TrainingExample example : examples) {
      requests += example.weight();
      if (example.wrong() && example.isAudit()) {
        charges += AuditLedger.charge(1 / example.weight(), options.auditRate());
      }
    }
    double excess = Math.max(0, charges / requests - options.budget());
    return PLANNED_FRACTION * options.budget() - excess;
  }
}
