package io.github.semcache.learning;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Detects verdicts that are worse than predicted: compares the number of recent wrong verdicts with
 * the expected number, in standard deviations. Not thread-safe.
 */
final class DriftDetector {
  private static final int WINDOW = 60;
  private static final int MIN_VERDICTS = 20;
  private static final double MAX_DEVIATIONS = 4;

  /** Predicted probabilities are clamped to this distance from 0 and 1. */
  private static final double MIN_PROBABILITY = 0.02;

  private record Residual(double excess, double variance) {}

  private final Deque<Residual> recent = new ArrayDeque<>();

  /** Adds a verdict; returns whether there were far more wrong verdicts than predicted. */
  boolean add(double predicted, boolean wrong) {
    double expected = Math.min(1 - MIN_PROBABILITY, Math.max(MIN_PROBABILITY, predicted));
    recent.add(new Residual((wrong ? 1 : 0) - expected, expected * (1 - expected)));
    if (recent.size() > WINDOW) {
      recent.remove();
    }
    double excess = recent.stream().mapToDouble(Residual::excess).sum();
    double variance = recent.stream().mapToDouble(Residual::variance).sum();
    return recent.size() >= MIN_VERDICTS && excess > MAX_DEVIATIONS * Math.sqrt(variance + 0.25);
  }

  void reset() {
    recent.clear();
  }
}
