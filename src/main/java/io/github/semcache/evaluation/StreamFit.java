package io.github.semcache.evaluation;

import java.util.Optional;
import java.util.OptionalDouble;

/** Fits the threshold of a policy to a stream of prompts by replaying the stream repeatedly. */
final class StreamFit {
  private static final double INITIAL_THRESHOLD = 0.1;
  private static final int MAX_ROUNDS = 12;
  private static final double MIN_STEP = 0.0001;

  /** A power of two times {@link #MIN_STEP}, because steps are halved. */
  private static final double INITIAL_STEP = 0.0128;

  /** A threshold that changes by no more than this is stable. */
  private static final double TOLERANCE = 0.0002;

  private final NearestPairs nearest;
  private final FitTarget target;

  StreamFit(NearestPairs nearest, FitTarget target) {
    this.nearest = nearest;
    this.target = target;
  }

  ThresholdFit fit() {
    return iterate().map(this::increase).orElseGet(this::withoutThreshold);
  }

  /**
   * Alternates between replaying and fitting, and returns the largest threshold whose replay meets
   * the target.
   */
  private Optional<ThresholdFit> iterate() {
    Optional<ThresholdFit> best = Optional.empty();
    double threshold = INITIAL_THRESHOLD;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      NearestPairs.Stream stream = nearest.at(threshold);
      ThresholdFit fit = ThresholdFit.of(stream.pairs(), target);
      boolean isMet = threshold > 0 && target.isMetBy(stream.counts());
      if (isMet
          && best.filter(found -> found.threshold().orElse(0) >= stream.threshold()).isEmpty()) {
        best = Optional.of(at(stream, fit.crossValidation()));
      }
      double next = fit.threshold().orElse(0);
      boolean isStable = Math.abs(next - threshold) <= TOLERANCE;
      if (isStable && (isMet || threshold == 0)) {
        break;
      }
      // A stable threshold that narrowly misses the target is lowered until it meets the target.
      threshold = isStable ? ThresholdFit.floor(0.99 * threshold) : next;
    }
    return best;
  }

  /**
   * Increases a threshold, first by large and then by small steps, while a replay meets the target.
   */
  private ThresholdFit increase(ThresholdFit found) {
    ThresholdFit best = found;
    double step = INITIAL_STEP;
    while (step >= MIN_STEP) {
      double threshold = ThresholdFit.floor(best.threshold().orElse(0) + step + TOLERANCE / 10);
      NearestPairs.Stream stream = nearest.at(Math.min(NearestPairs.MAX_THRESHOLD, threshold));
      if (threshold <= NearestPairs.MAX_THRESHOLD && target.isMetBy(stream.counts())) {
        best = at(stream, ThresholdFit.crossValidate(stream.pairs(), target));
      } else {
        step /= 2;
      }
    }
    return best;
  }

  private ThresholdFit at(
      NearestPairs.Stream stream, ThresholdFit.CrossValidation crossValidation) {
    return new ThresholdFit(
        target, OptionalDouble.of(stream.threshold()), stream.counts(), crossValidation);
  }

  private ThresholdFit withoutThreshold() {
    NearestPairs.Stream stream = nearest.at(0);
    return new ThresholdFit(
        target,
        OptionalDouble.empty(),
        new ReplayCounts(stream.counts().requests(), 0, Optional.of(0)),
        ThresholdFit.crossValidate(stream.pairs(), target));
  }
}
