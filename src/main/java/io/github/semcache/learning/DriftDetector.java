package io.github.semcache.learning;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Watches whether verdicts come out as predicted: over the last ones, it compares how many were
 * wrong with how many were expected to be, in standard deviations. Used by one thread at a time.
 */
final class DriftDetector {
  private static final int RECENT = 60;
  private static final int ENOUGH = 20;
  private static final double LIMIT = 4;

  /** No prediction is taken to be surer than this. */
  private static final double FLOOR = 0.02;

  private record Outcome(double excess, double variance) {}

  private final Deque<Outcome> recent = new ArrayDeque<>();

  /** Takes note of a verdict; true if there were far more wrong ones than expected. */
  boolean shows(double predicted, boolean wrong) {
    double expected = Math.min(1 - FLOOR, Math.max(FLOOR, predicted));
    recent.add(new Outcome((wrong ? 1 : 0) - expected, expected * (1 - expected)));
    if (recent.size() > RECENT) {
      recent.remove();
    }
    double excess = recent.stream().mapToDouble(Outcome::excess).sum();
    double variance = recent.stream().mapToDouble(Outcome::variance).sum();
    return recent.size() >= ENOUGH && excess > LIMIT * Math.sqrt(variance + 0.25);
  }

  void forget() {
    recent.clear();
  }
}
