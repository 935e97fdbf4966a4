package io.github.semcache.learning;

/**
 * The balance of an error budget: credits for requests, and charges for wrong hits that audits
 * found. While the balance is negative, nothing may be served without an audit. Then, for any
 * traffic, the number of wrong hits that were served is bounded with high probability, at all times
 * simultaneously. Decision 0021 states the theorem and its proof. Not thread-safe.
 *
 * <p>A hit that is audited with probability q stands for (1 − q) / q hits that were served without
 * an audit. A wrong one is charged slightly more, {@code c(q) = −ln((1 − (1 − q) exp(λ)) / q) / λ},
 * which makes exp(λ (wrong hits − charges)) a supermartingale.
 */
final class AuditLedger {
  /** λ as a fraction of its least upper bound, −ln(1 − q). */
  private static final double LAMBDA_FRACTION = 0.4;

  /** The initial and maximum balance, in wrong audits at the minimum rate. */
  private static final int MAX_CHARGES = 2;

  private final double budget;
  private final double minAuditRate;
  private final double maxBalance;
  private double balance;

  /**
   * Creates a ledger with the maximum balance.
   *
   * @param budget the credit of a request
   * @param minAuditRate the minimum probability of an audit
   */
  AuditLedger(double budget, double minAuditRate) {
    this.budget = budget;
    this.minAuditRate = minAuditRate;
    this.maxBalance = MAX_CHARGES * charge(minAuditRate, minAuditRate);
    this.balance = maxBalance;
  }

  /** Returns the exponent of the supermartingale. */
  static double lambda(double minAuditRate) {
    return -LAMBDA_FRACTION * Math.log1p(-minAuditRate);
  }

  /**
   * Returns the charge for a wrong audit, in wrong hits.
   *
   * @param rate the probability of the audit, at least the minimum
   * @param minAuditRate the minimum probability of an audit
   */
  static double charge(double rate, double minAuditRate) {
    double lambda = lambda(minAuditRate);
    double served = 1 - Math.min(1, Math.max(rate, minAuditRate));
    return -Math.log((1 - served * Math.exp(lambda)) / (1 - served)) / lambda;
  }

  /** Adds the verdict on a miss or an audit. */
  void add(TrainingExample example) {
    double charge =
        example.wrong() && example.isAudit() ? charge(1 / example.weight(), minAuditRate) : 0;
    balance = Math.min(maxBalance, balance + budget * example.weight()) - charge;
  }

  boolean isOverdrawn() {
    return balance < 0;
  }
}
