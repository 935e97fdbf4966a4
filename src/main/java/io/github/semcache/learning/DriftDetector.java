package io.github.semcache.learning;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Detects verdicts that are worse or better than predicted: compares the number of recent wrong
 * verdicts with the expected number, in standard deviations. Not thread-safe.
 */
final class DriftDetector {
  private static final int WINDOW = 60;
  private static final int MIN_VERDICTS = 20;
  private static final double MAX_DEVIATIONS = 4;

  /** Predicted probabilities are clamped to this distance from 0 and 1. */
  private static final double MIN_PROBABILITY = 0.02;

  private record Residual(double excess, double variance) {}

  private final Deque<Residual> recent = new ArrayDeque<>();

  /** The result of a comparison. */
  enum Trend {
    AS_PREDICTED,
    /** There are far more wrong verdicts than predicted. */
    WORSE,
    /** There are far fewer wrong verdicts than predicted. */
    BETTER
  }

  /** Adds a verdict and compares the recent ones with their predictions. */
  Trend add(double predicted, boolean wrong) {
    double expected = Math.min(1 - MIN_PROBABILITY, Math.max(MIN_PROBABILITY, predicted));
    recent.add(new Residual((wrong ? 1 : 0) - expected, expected * (1 - expected)));
    if (recent.size() > WINDOW) {
      recent.remove();
    }
    double excess = recent.stream().mapToDouble(Residual::excess).sum();
    double variance = recent.stream().mapToDouble(Residual::variance).sum();
    if (recent.size() < MIN_VERDICTS
        || Math.abs(excess) <= MAX_DEVIATIONS * Math.sqrt(variance + 0.25)) {
      return Trend.AS_PREDICTED;
    }
    return excess > 0 ? Trend.WORSE : Trend.BETTER;
  }

  void reset() {
    recent.clear();
  }
}
