package io.github.semcache.learning;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Compares the predicted risk of recent audits with their verdicts. Models underestimate the risk
 * of the hits that they select, and more so the longer the cache fills, so the verdicts that a
 * model was fitted to cannot show it. These predictions were made before the verdicts. Not
 * thread-safe.
 */
final class RiskCalibration {
  private static final int WINDOW = 300;

  /** The weight of the assumption that predictions are right, in wrong audits. */
  private static final double PRIOR = 1;

  private static final double MIN_FACTOR = 0.75;

  /** A contradiction needs this many standard deviations of the number of wrong audits. */
  private static final double MAX_DEVIATIONS = 4;

  /** The number of audits that are made at a high rate before the usual rate is reached. */
  private static final double FIRST_AUDITS = 4;

  /** The same after a change of the traffic, while the model is that of the earlier traffic. */
  private static final double FIRST_AUDITS_AFTER_CHANGE = 12;

  /** The number of audits that remain when the traffic has changed. */
  private static final int RETAINED = 40;

  private record Audit(double risk, boolean wrong, double represented) {
    double predicted() {
      return represented * risk;
    }

    double observed() {
      return wrong ? represented : 0;
    }
  }

  private final Deque<Audit> recent = new ArrayDeque<>();
  private double firstAudits = FIRST_AUDITS;
  private int auditsOfThisTraffic;

  /** Adds the verdict on an audit and the risk predicted before it. */
  void add(double risk, TrainingExample audit) {
    auditsOfThisTraffic++;
    recent.add(new Audit(risk, audit.wrong(), audit.weight() - 1));
    if (recent.size() > WINDOW) {
      recent.remove();
    }
  }

  /**
   * A correction of predicted risks.
   *
   * @param factor the factor by which they are multiplied, at least 0.75
   * @param offset the amount that is added, at least 0
   */
  record Correction(double factor, double offset) {
    static final Correction NONE = new Correction(1, 0);

    double apply(double risk) {
      return factor * risk + offset;
    }
  }

  /**
   * Returns the correction of predictions. There is an offset only if the predictions are
   * contradicted, because a factor cannot correct a risk that was predicted to be almost 0.
   *
   * @param auditRate the usual audit rate
   */
  Correction correction(double auditRate) {
    double prior = PRIOR * (1 / auditRate - 1);
    double predicted = recent.stream().mapToDouble(Audit::predicted).sum();
    double observed = recent.stream().mapToDouble(Audit::observed).sum();
    double factor = Math.max(MIN_FACTOR, (observed + prior) / (predicted + prior));
    double represented = recent.stream().mapToDouble(Audit::represented).sum();
    double offset = isContradicted() ? Math.max(0, observed - factor * predicted) / represented : 0;
    return new Correction(factor, offset);
  }

  /** Returns whether far more audits were wrong than predicted. */
  boolean isContradicted() {
    double expected = recent.stream().mapToDouble(Audit::risk).sum();
    long wrong = recent.stream().filter(Audit::wrong).count();
    return wrong - expected > MAX_DEVIATIONS * Math.sqrt(expected + 0.25);
  }

  /**
   * Returns the minimum rate of audits: high as long as few hits of this traffic were audited, then
   * lower until the usual rate applies.
   */
  double startRate() {
    return firstAudits / (firstAudits + auditsOfThisTraffic);
  }

  /** Drops old audits, because the traffic has changed. */
  void onChange() {
    auditsOfThisTraffic = 0;
    firstAudits = FIRST_AUDITS_AFTER_CHANGE;
    while (recent.size() > RETAINED) {
      recent.remove();
    }
  }

  /** Drops all audits, because the model that predicted them is discarded. */
  void reset() {
    auditsOfThisTraffic = 0;
    firstAudits = FIRST_AUDITS;
    recent.clear();
  }
}
