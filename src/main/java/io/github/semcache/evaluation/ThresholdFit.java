package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.policy.HitPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.DoubleFunction;

/**
 * The largest distance threshold that meets a target on labeled data.
 *
 * @param target the target
 * @param threshold the maximum cosine distance of a hit, in [0, 2], with four decimal places, or
 *     empty if no threshold meets the target
 * @param counts the counts at the threshold, or counts without hits if there is no threshold
 * @param crossValidation the counts of thresholds on data that they were not fitted to
 */
public record ThresholdFit(
    FitTarget target,
    OptionalDouble threshold,
    ReplayCounts counts,
    CrossValidation crossValidation) {
  private static final int FOLDS = 5;
  private static final double PLACES = 10_000;

  /**
   * A five-fold cross-validation: each fifth of the data is evaluated with the threshold that was
   * fitted to the other four.
   *
   * @param thresholds the threshold of each fold; folds without a threshold that meets the target
   *     are omitted
   * @param counts the counts over all folds
   */
  public record CrossValidation(List<Double> thresholds, ReplayCounts counts) {
    public CrossValidation {
      thresholds = List.copyOf(thresholds);
      requireNonNull(counts, "counts");
    }
  }

  public ThresholdFit {
    requireNonNull(target, "target");
    requireNonNull(threshold, "threshold");
    requireNonNull(counts, "counts");
    requireNonNull(crossValidation, "crossValidation");
  }

  /**
   * Fits a threshold to pairs. Each pair counts as a request.
   *
   * @param pairs the pairs, at least five
   * @param target the target
   * @return the fit
   * @throws IllegalArgumentException if there are fewer than five pairs
   */
  public static ThresholdFit of(List<ScoredPair> pairs, FitTarget target) {
    if (pairs.size() < FOLDS) {
      throw new IllegalArgumentException(
          "there are " + pairs.size() + " pairs; a fit needs at least " + FOLDS);
    }
    OptionalDouble threshold = largestThreshold(pairs, target);
    return new ThresholdFit(
        target, threshold, counts(pairs, threshold), crossValidate(pairs, target));
  }

  /**
   * Fits the threshold of a policy to a stream of labeled prompts. The hits at a threshold depend
   * on the entries in the cache, which in turn depend on the threshold. Therefore the stream is
   * replayed at a threshold, the next threshold is fitted to the prompts and their nearest entries
   * in that replay, and so on until the threshold is stable and the replay itself meets the target.
   *
   * @param prompts the prompts, at least five, each with a label
   * @param replay the options of the replay; its policy is replaced. It is run several times
   * @param policy creates the policy of a threshold; the policy hits the nearest entry or misses
   * @param target the target
   * @return the fit, with the counts of a replay at the threshold
   * @throws IllegalArgumentException if there are fewer than five prompts, or some have no label
   * @throws RuntimeException any exception of the replay
   */
  public static ThresholdFit of(
      List<LabeledPrompt> prompts,
      Replay.Builder replay,
      DoubleFunction<HitPolicy> policy,
      FitTarget target) {
    if (prompts.stream().anyMatch(prompt -> prompt.label().isEmpty())) {
      throw new IllegalArgumentException("some prompts have no label; every prompt must have one");
    }
    return new StreamFit(new NearestPairs(prompts, replay, policy), target).fit();
  }

  /** Tries each threshold with four decimal places that has other hits than the next lower one. */
  private static OptionalDouble largestThreshold(List<ScoredPair> pairs, FitTarget target) {
    List<ScoredPair> sorted =
        pairs.stream().sorted(Comparator.comparingDouble(ScoredPair::distance)).toList();
    OptionalDouble largest = OptionalDouble.empty();
    int wrong = 0;
    for (int i = 0; i < sorted.size() && sorted.get(i).distance() <= 2; i++) {
      wrong += sorted.get(i).sameAnswer() ? 0 : 1;
      double threshold = ceil(sorted.get(i).distance());
      boolean isLast = i + 1 == sorted.size() || sorted.get(i + 1).distance() > threshold;
      if (isLast && target.isMetBy(new ReplayCounts(pairs.size(), i + 1, Optional.of(wrong)))) {
        largest = OptionalDouble.of(threshold);
      }
    }
    return largest;
  }

  /** Returns the lowest threshold with four decimal places that includes a distance. */
  private static double ceil(double distance) {
    double steps = Math.ceil(distance * PLACES);
    double threshold = steps / PLACES;
    return threshold >= distance ? threshold : (steps + 1) / PLACES;
  }

  /** Rounds down to four decimal places. */
  static double floor(double distance) {
    return Math.floor(distance * PLACES) / PLACES;
  }

  private static ReplayCounts counts(List<ScoredPair> pairs, OptionalDouble threshold) {
    List<ScoredPair> hits =
        threshold.isEmpty()
            ? List.of()
            : pairs.stream().filter(pair -> pair.distance() <= threshold.getAsDouble()).toList();
    int wrong = (int) hits.stream().filter(pair -> !pair.sameAnswer()).count();
    return new ReplayCounts(pairs.size(), hits.size(), Optional.of(wrong));
  }

  static CrossValidation crossValidate(List<ScoredPair> pairs, FitTarget target) {
    List<ScoredPair> shuffled = new ArrayList<>(pairs);
    Collections.shuffle(shuffled, new Random(0));
    List<Double> thresholds = new ArrayList<>();
    int hits = 0;
    int wrong = 0;
    for (int fold = 0; fold < FOLDS; fold++) {
      int from = fold * shuffled.size() / FOLDS;
      int to = (fold + 1) * shuffled.size() / FOLDS;
      List<ScoredPair> others = new ArrayList<>(shuffled.subList(0, from));
      others.addAll(shuffled.subList(to, shuffled.size()));
      OptionalDouble threshold = largestThreshold(others, target);
      threshold.ifPresent(thresholds::add);
      ReplayCounts heldOut = counts(shuffled.subList(from, to), threshold);
      hits += heldOut.hits();
      wrong += heldOut.wrongHits().orElse(0);
    }
    return new CrossValidation(
        thresholds, new ReplayCounts(pairs.size(), hits, Optional.of(wrong)));
  }
}
