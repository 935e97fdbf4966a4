package io.github.semcache.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.policy.HitPolicy;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdFitTest {

  /** Right pairs up to 0.2 apart, wrong ones from 0.1, so the two overlap. */
  private static List<ScoredPair> overlapping() {
    Random random = new Random(3);
    return Stream.concat(
            Stream.generate(() -> new ScoredPair(0.2 * random.nextDouble(), true)).limit(1000),
            Stream.generate(() -> new ScoredPair(0.1 + 0.5 * random.nextDouble(), false))
                .limit(1000))
        .toList();
  }

  @Test
  void cutSeparatesWhatCanBeSeparated() {
    List<ScoredPair> pairs =
        IntStream.range(0, 400)
            .mapToObj(i -> new ScoredPair(i < 200 ? 0.05 : 0.3, i < 200))
            .toList();

    ThresholdFit fit = ThresholdFit.of(pairs, FitTarget.maxErrorRate(0.01));

    assertThat(fit.cut()).hasValue(0.05);
    assertThat(fit.tally().hits()).isEqualTo(200);
    assertThat(fit.tally().wrongHits()).contains(0);
    assertThat(fit.crossValidation().cuts()).containsOnly(0.05).hasSize(5);
    assertThat(fit.crossValidation().tally().hits()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.005, 0.01, 0.02, 0.1})
  void boundOfTheErrorRateKeepsTheTargetAndNoLargerCutDoes(double limit) {
    List<ScoredPair> pairs = overlapping();
    FitTarget target = FitTarget.maxErrorRate(limit);

    ThresholdFit fit = ThresholdFit.of(pairs, target);
    double cut = fit.cut().orElseThrow();

    assertThat(fit.tally().errorRate().orElseThrow().upperBound(0.95)).isLessThanOrEqualTo(limit);
    int wrongBeyond =
        (int) pairs.stream().filter(pair -> !pair.same() && pair.distance() <= cut + 0.02).count();
    assertThat(new Proportion(wrongBeyond, pairs.size()).upperBound(0.95)).isGreaterThan(limit);
    assertThat(fit.crossValidation().cuts()).hasSize(5);
    assertThat(fit.crossValidation().tally().errorRate().orElseThrow().lower())
        .isLessThanOrEqualTo(limit);
  }

  @Test
  void precisionIsKept() {
    ThresholdFit fit = ThresholdFit.of(overlapping(), FitTarget.minPrecision(0.97));

    assertThat(fit.cut().orElseThrow()).isBetween(0.1, 0.2);
    assertThat(fit.tally().precision().orElseThrow().lowerBound(0.95)).isGreaterThanOrEqualTo(0.97);
  }

  @Test
  void lessConfidenceAllowsALargerCut() {
    double sure =
        ThresholdFit.of(overlapping(), FitTarget.maxErrorRate(0.02).confidence(0.99))
            .cut()
            .orElseThrow();
    double unsure =
        ThresholdFit.of(overlapping(), FitTarget.maxErrorRate(0.02).confidence(0.6))
            .cut()
            .orElseThrow();

    assertThat(unsure).isGreaterThan(sure);
  }

  @Test
  void tooFewPairsReachNoTarget() {
    List<ScoredPair> pairs =
        IntStream.range(0, 10).mapToObj(i -> new ScoredPair(0.1, true)).toList();

    ThresholdFit fit = ThresholdFit.of(pairs, FitTarget.maxErrorRate(0.01));

    assertThat(fit.cut()).isEmpty();
    assertThat(fit.tally().hits()).isZero();
    assertThat(fit.crossValidation().cuts()).isEmpty();
  }

  @Test
  void pairsThatCannotHitCountAsRequests() {
    List<ScoredPair> pairs =
        IntStream.range(0, 400)
            .mapToObj(
                i ->
                    i < 200
                        ? new ScoredPair(0.05, true)
                        : new ScoredPair(Double.POSITIVE_INFINITY, false))
            .toList();

    ThresholdFit fit = ThresholdFit.of(pairs, FitTarget.maxErrorRate(0.01));

    assertThat(fit.tally().requests()).isEqualTo(400);
    assertThat(fit.tally().hits()).isEqualTo(200);
  }

  @Test
  void cutOfAStreamKeepsTheTargetInTheReplayItself() {
    FakeEmbedder embedder = new FakeEmbedder();
    List<LabeledPrompt> prompts = stream(embedder);
    Replay.Builder replay = Replay.builder(embedder).shuffled(5);
    FitTarget target = FitTarget.maxErrorRate(0.05);

    ThresholdFit fit =
        ThresholdFit.of(prompts, replay, cut -> HitPolicy.maxDistance(cut).unguarded(), target);

    double fitted = fit.cut().orElseThrow();
    ReplayCounts replayed =
        Replay.builder(embedder)
            .shuffled(5)
            .hitPolicy(HitPolicy.maxDistance(fitted).unguarded())
            .build()
            .run(prompts)
            .total();
    assertThat(fit.tally()).isEqualTo(replayed);
    for (double more : new double[] {0.0001, 0.0008, 0.0032, 0.0128}) {
      ReplayCounts beyond =
          Replay.builder(embedder)
              .shuffled(5)
              .hitPolicy(HitPolicy.maxDistance(fitted + more).unguarded())
              .build()
              .run(prompts)
              .total();
      assertThat(target.isMetBy(beyond)).isFalse();
    }
    assertThat(replayed.hits()).isGreaterThan(100);
    assertThat(replayed.errorRate().orElseThrow().upperBound(0.95)).isLessThanOrEqualTo(0.05);
  }

  @Test
  void streamThatNoCutSuitsHasNone() {
    FakeEmbedder embedder = new FakeEmbedder();
    List<LabeledPrompt> prompts =
        IntStream.range(0, 40)
            .mapToObj(
                i -> {
                  embedder.place("prompt " + i, 0);
                  return LabeledPrompt.of("prompt " + i, "label " + i);
                })
            .toList();

    ThresholdFit fit =
        ThresholdFit.of(
            prompts,
            Replay.builder(embedder),
            cut -> HitPolicy.maxDistance(cut).unguarded(),
            FitTarget.maxErrorRate(0.01));

    assertThat(fit.cut()).isEmpty();
    assertThat(fit.tally().hits()).isZero();
  }

  /** Labels of 10 degrees each, a few of which are not what the angle says. */
  private static List<LabeledPrompt> stream(FakeEmbedder embedder) {
    Random random = new Random(2);
    List<LabeledPrompt> prompts = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      double degrees = 170 * random.nextDouble();
      embedder.place("prompt " + i, degrees);
      prompts.add(LabeledPrompt.of("prompt " + i, "label " + (int) (degrees / 10)));
    }
    return prompts;
  }

  @Test
  void badTargetsAreRejected() {
    assertThatThrownBy(() -> FitTarget.maxErrorRate(0))
        .hasMessage("the target is 0.0; it must be more than 0 and less than 1");
    assertThatThrownBy(() -> FitTarget.minPrecision(1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> FitTarget.minPrecision(0.9).confidence(0.5))
        .hasMessage("confidence is 0.5; it must be more than 0.5 and less than 1");
    assertThatThrownBy(() -> ThresholdFit.of(List.of(), FitTarget.maxErrorRate(0.1)))
        .hasMessage("there are 0 pairs; a fit needs at least 5");
    assertThatThrownBy(() -> new ScoredPair(-0.1, true))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
