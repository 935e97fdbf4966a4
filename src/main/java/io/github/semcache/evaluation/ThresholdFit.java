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
 * The largest cut of a distance that reaches a target on labeled data, and what it does there.
 *
 * @param target what was to be reached
 * @param cut the largest distance of a hit, with four decimal places; empty if no cut reaches the
 *     target
 * @param tally the counts at that cut, or of no hits if there is none
 * @param crossValidation what cuts that were fitted without a part of the data do on that part
 */
public record ThresholdFit(
    FitTarget target, OptionalDouble cut, ReplayCounts tally, CrossValidation crossValidation) {
  private static final int FOLDS = 5;
  private static final double PLACES = 10_000;
  private static final double LOOSEST = 2;
  private static final int MAX_ROUNDS = 12;

  /** Halved often enough it is the last of the places. */
  private static final double FIRST_STEP = 128 / PLACES;

  private static final double STILL = 2 / PLACES;

  /**
   * The data in five parts, each judged by a cut that was fitted on the others.
   *
   * @param cuts the cut of each part; parts for which no cut reached the target are left out
   * @param tally the counts over all parts
   */
  public record CrossValidation(List<Double> cuts, ReplayCounts tally) {
    public CrossValidation {
      cuts = List.copyOf(cuts);
      requireNonNull(tally, "tally");
    }
  }

  public ThresholdFit {
    requireNonNull(target, "target");
    requireNonNull(cut, "cut");
    requireNonNull(tally, "tally");
    requireNonNull(crossValidation, "crossValidation");
  }

  /**
   * Fits a cut to pairs, each of which counts as a request.
   *
   * @param pairs at least five
   * @param target what to reach
   * @return the fit
   * @throws IllegalArgumentException if there are less than five pairs
   */
  public static ThresholdFit of(List<ScoredPair> pairs, FitTarget target) {
    if (pairs.size() < FOLDS) {
      throw new IllegalArgumentException(
          "there are " + pairs.size() + " pairs; a fit needs at least " + FOLDS);
    }
    OptionalDouble cut = largestCut(pairs, target);
    return new ThresholdFit(target, cut, tally(pairs, cut), crossValidate(pairs, target));
  }

  /**
   * Fits the cut of a policy to a stream of labeled prompts. What a cut does depends on what is in
   * the cache, and that depends on the cut: so the stream is replayed at a cut, the next cut is
   * fitted to the pairs of prompts and nearest entries that this showed, and so on until the cut
   * stands still and reaches the target in the replay itself.
   *
   * @param prompts at least five, each with its label
   * @param replay how to replay them, but for the policy; run several times
   * @param policy makes the policy of a cut, which hits on the nearest entry or not at all
   * @param target what to reach
   * @return the fit; its tally is that of a replay at the cut
   * @throws IllegalArgumentException if there are less than five prompts, or some have no label
   * @throws RuntimeException whatever the replay throws
   */
  public static ThresholdFit of(
      List<LabeledPrompt> prompts,
      Replay.Builder replay,
      DoubleFunction<HitPolicy> policy,
      FitTarget target) {
    if (prompts.stream().anyMatch(prompt -> prompt.label().isEmpty())) {
      throw new IllegalArgumentException("some prompts have no label; a fit needs them all");
    }
    NearestPairs nearest = new NearestPairs(prompts, replay, policy);
    double cut = 0.1;
    Optional<ThresholdFit> best = Optional.empty();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      NearestPairs.Stream stream = nearest.at(cut);
      ThresholdFit fit = of(stream.pairs(), target);
      boolean holds = cut > 0 && target.isMetBy(stream.tally());
      if (holds && best.filter(found -> found.cut.orElse(0) >= stream.cut()).isEmpty()) {
        best =
            Optional.of(
                new ThresholdFit(
                    target, OptionalDouble.of(cut), stream.tally(), fit.crossValidation));
      }
      double next = fit.cut.orElse(0);
      if (Math.abs(next - cut) <= STILL && (holds || cut == 0)) {
        break;
      }
      // A cut that stands still a little above the target is brought below it.
      cut = Math.abs(next - cut) <= STILL ? floor(0.99 * cut) : next;
    }
    NearestPairs.Stream none = nearest.at(0);
    return best.map(found -> climb(found, nearest))
        .orElseGet(
            () ->
                new ThresholdFit(
                    target,
                    OptionalDouble.empty(),
                    new ReplayCounts(prompts.size(), 0, Optional.of(0)),
                    crossValidate(none.pairs(), target)));
  }

  /** Goes on to larger cuts by steps, and by smaller ones, as long as a replay meets the target. */
  private static ThresholdFit climb(ThresholdFit found, NearestPairs nearest) {
    ThresholdFit best = found;
    double step = FIRST_STEP;
    while (step >= 1 / PLACES) {
      double cut = floor(best.cut.orElse(0) + step + STILL / 10);
      NearestPairs.Stream stream = nearest.at(Math.min(LOOSEST, cut));
      if (cut <= LOOSEST && found.target.isMetBy(stream.tally())) {
        best =
            new ThresholdFit(
                found.target,
                OptionalDouble.of(cut),
                stream.tally(),
                crossValidate(stream.pairs(), found.target));
      } else {
        step /= 2;
      }
    }
    return best;
  }

  /** Walks all cuts, of which those between two neighboring distances do the same. */
  private static OptionalDouble largestCut(List<ScoredPair> pairs, FitTarget target) {
    List<ScoredPair> sorted =
        pairs.stream().sorted(Comparator.comparingDouble(ScoredPair::distance)).toList();
    OptionalDouble best = OptionalDouble.empty();
    int wrong = 0;
    for (int i = 0; i < sorted.size() && sorted.get(i).distance() <= 2; i++) {
      wrong += sorted.get(i).same() ? 0 : 1;
      double distance = sorted.get(i).distance();
      double next = i + 1 < sorted.size() ? sorted.get(i + 1).distance() : LOOSEST;
      if (next > distance
          && target.isMetBy(new ReplayCounts(pairs.size(), i + 1, Optional.of(wrong)))) {
        best = OptionalDouble.of(between(distance, next));
      }
    }
    return best;
  }

  /** A cut of four places that lets the one distance through and not the next, if there is one. */
  private static double between(double distance, double next) {
    double above = Math.ceil(distance * PLACES) / PLACES;
    return above < next ? above : floor(distance);
  }

  private static double floor(double distance) {
    return Math.floor(distance * PLACES) / PLACES;
  }

  private static ReplayCounts tally(List<ScoredPair> pairs, OptionalDouble cut) {
    List<ScoredPair> hits =
        cut.isEmpty()
            ? List.of()
            : pairs.stream().filter(pair -> pair.distance() <= cut.getAsDouble()).toList();
    int wrong = (int) hits.stream().filter(pair -> !pair.same()).count();
    return new ReplayCounts(pairs.size(), hits.size(), Optional.of(wrong));
  }

  private static CrossValidation crossValidate(List<ScoredPair> pairs, FitTarget target) {
    List<ScoredPair> shuffled = new ArrayList<>(pairs);
    Collections.shuffle(shuffled, new Random(0));
    List<Double> cuts = new ArrayList<>();
    int hits = 0;
    int wrong = 0;
    for (int fold = 0; fold < FOLDS; fold++) {
      int from = fold * shuffled.size() / FOLDS;
      int to = (fold + 1) * shuffled.size() / FOLDS;
      List<ScoredPair> others = new ArrayList<>(shuffled.subList(0, from));
      others.addAll(shuffled.subList(to, shuffled.size()));
      OptionalDouble cut = largestCut(others, target);
      cut.ifPresent(cuts::add);
      ReplayCounts heldOut = tally(shuffled.subList(from, to), cut);
      hits += heldOut.hits();
      wrong += heldOut.wrongHits().orElse(0);
    }
    return new CrossValidation(cuts, new ReplayCounts(pairs.size(), hits, Optional.of(wrong)));
  }
}
