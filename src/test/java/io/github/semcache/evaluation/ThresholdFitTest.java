package io.github.semcache.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.policy.HitPolicy;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class ThresholdFitTest {

  /**
   * Returns pairs with the same answer up to a distance of 0.2 and with different ones from 0.1.
   */
  private static List<ScoredPair> overlapping() {
    Random random = new Random(3);
    return Stream.concat(
            Stream.generate(() -> new ScoredPair(0.2 * random.nextDouble(), true)).limit(1000),
            Stream.generate(() -> new ScoredPair(0.1 + 0.5 * random.nextDouble(), false))
                .limit(1000))
        .toList();
  }

  @Test
  void thresholdSeparatesSeparableDistances() {
    List<ScoredPair> pairs =
        IntStream.range(0, 400)
            .mapToObj(i -> new ScoredPair(i < 200 ? 0.05 : 0.3, i < 200))
            .toList();

    ThresholdFit fit = ThresholdFit.of(pairs, FitTarget.maxErrorRate(0.01));

    assertThat(fit.threshold()).hasValue(0.05);
    assertThat(fit.counts().hits()).isEqualTo(200);
    assertThat(fit.counts().wrongHits()).contains(0);
    assertThat(fit.crossValidation().thresholds()).containsOnly(0.05).hasSize(5);
    assertThat(fit.crossValidation().counts().hits()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.005, 0.01, 0.02, 0.1})
  void thresholdIsTheLargestWhoseErrorRateBoundMeetsTheTarget(double limit) {
    List<ScoredPair> pairs = overlapping();
    FitTarget target = FitTarget.maxErrorRate(limit);

    ThresholdFit fit = ThresholdFit.of(pairs, target);
    double threshold = fit.threshold().orElseThrow();

    assertThat(fit.counts().errorRate().orElseThrow().upperBound(0.95)).isLessThanOrEqualTo(limit);
    int wrongBeyond =
        (int)
            pairs.stream()
                .filter(pair -> !pair.sameAnswer() && pair.distance() <= threshold + 0.02)
                .count();
    assertThat(new Proportion(wrongBeyond, pairs.size()).upperBound(0.95)).isGreaterThan(limit);
    assertThat(fit.crossValidation().thresholds()).hasSize(5);
    assertThat(fit.crossValidation().counts().errorRate().orElseThrow().lower())
        .isLessThanOrEqualTo(limit);
  }

  @Test
  void precisionBoundMeetsTheTarget() {
    ThresholdFit fit = ThresholdFit.of(overlapping(), FitTarget.minPrecision(0.97));

    assertThat(fit.threshold().orElseThrow()).isBetween(0.1, 0.2);
    assertThat(fit.counts().precision().orElseThrow().lowerBound(0.95))
        .isGreaterThanOrEqualTo(0.97);
  }

  @Test
  void thresholdMeetsTheTargetIfFourDecimalPlacesDoNotSeparateTheDistances() {
    List<ScoredPair> pairs =
        IntStream.range(0, 400)
            .mapToObj(i -> new ScoredPair(0.1 + (i + 1) * 1e-7, i < 200))
            .toList();
    FitTarget target = FitTarget.minPrecision(0.9);

    assertThat(ThresholdFit.of(pairs, target).threshold()).isEmpty();
    List<ScoredPair> separable = new ArrayList<>(pairs);
    IntStream.range(0, 100).forEach(i -> separable.add(new ScoredPair(0.02 + i * 1e-5, true)));
    ThresholdFit fit = ThresholdFit.of(separable, target);
    assertThat(fit.threshold()).hasValue(0.021);
    assertThat(fit.counts()).isEqualTo(new ReplayCounts(500, 100, Optional.of(0)));
  }

  @Test
  void lowerConfidenceAllowsALargerThreshold() {
    double confident =
        ThresholdFit.of(overlapping(), FitTarget.maxErrorRate(0.02).confidence(0.99))
            .threshold()
            .orElseThrow();
    double lessConfident =
        ThresholdFit.of(overlapping(), FitTarget.maxErrorRate(0.02).confidence(0.6))
            .threshold()
            .orElseThrow();

    assertThat(lessConfident).isGreaterThan(confident);
  }

  @Test
  void tooFewPairsHaveNoThreshold() {
    List<ScoredPair> pairs =
        IntStream.range(0, 10).mapToObj(i -> new ScoredPair(0.1, true)).toList();

    ThresholdFit fit = ThresholdFit.of(pairs, FitTarget.maxErrorRate(0.01));

    assertThat(fit.threshold()).isEmpty();
    assertThat(fit.counts().hits()).isZero();
    assertThat(fit.crossValidation().thresholds()).isEmpty();
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

    assertThat(fit.counts().requests()).isEqualTo(400);
    assertThat(fit.counts().hits()).isEqualTo(200);
  }

  @Test
  void thresholdOfAStreamIsTheLargestWhoseReplayMeetsTheTarget() {
    FakeEmbedder embedder = new FakeEmbedder();
    List<LabeledPrompt> prompts = stream(embedder);
    Replay.Builder replay = Replay.builder(embedder).shuffled(5);
    FitTarget target = FitTarget.maxErrorRate(0.05);

    ThresholdFit fit =
        ThresholdFit.of(
            prompts, replay, threshold -> HitPolicy.maxDistance(threshold).unguarded(), target);

    double fitted = fit.threshold().orElseThrow();
    ReplayCounts replayed =
        Replay.builder(embedder)
            .cache(cache -> cache.verifier(PairVerifier.none()))
            .shuffled(5)
            .hitPolicy(HitPolicy.maxDistance(fitted).unguarded())
            .build()
            .run(prompts)
            .total();
    assertThat(fit.counts()).isEqualTo(replayed);
    for (double more : new double[] {0.0001, 0.0008, 0.0032, 0.0128}) {
      ReplayCounts beyond =
          Replay.builder(embedder)
              .cache(cache -> cache.verifier(PairVerifier.none()))
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
  void streamWithIndistinguishableLabelsHasNoThreshold() {
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
            threshold -> HitPolicy.maxDistance(threshold).unguarded(),
            FitTarget.maxErrorRate(0.01));

    assertThat(fit.threshold()).isEmpty();
    assertThat(fit.counts().hits()).isZero();
  }

  /** Returns prompts at random angles whose labels are sectors of 10 degrees. */
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
  void invalidTargetsAreRejected() {
    assertThatThrownBy(() -> FitTarget.maxErrorRate(0))
        .hasMessage("errorRate is 0.0; it must be more than 0 and less than 1");
    assertThatThrownBy(() -> FitTarget.minPrecision(1))
        .hasMessage("precision is 1.0; it must be more than 0 and less than 1");
    assertThatThrownBy(() -> FitTarget.minPrecision(0.9).confidence(0.5))
        .hasMessage("confidence is 0.5; it must be more than 0.5 and less than 1");
    assertThatThrownBy(() -> ThresholdFit.of(List.of(), FitTarget.maxErrorRate(0.1)))
        .hasMessage("there are 0 pairs; a fit needs at least 5");
    assertThatThrownBy(() -> new ScoredPair(-0.1, true))
        .hasMessage("distance is -0.1; it must be between 0 and 2, or positive infinity");
  }

  @Test
  void promptThatIsNotComparedIsNoHitAtAnyThreshold() {
    FakeEmbedder embedder = new FakeEmbedder().place("a", 0).place("b", 5).place("c", 10);
    List<LabeledPrompt> prompts = new ArrayList<>();
    prompts.add(LabeledPrompt.of("in\u200bvisible", "other"));
    for (int i = 0; i < 40; i++) {
      String scope = "scope " + i;
      for (String text : List.of("a", "b", "c")) {
        prompts.add(LabeledPrompt.of(text, "label").scope(scope));
      }
    }

    ThresholdFit fit =
        ThresholdFit.of(
            prompts,
            Replay.builder(embedder),
            threshold -> HitPolicy.maxDistance(threshold).unguarded(),
            FitTarget.maxErrorRate(0.1));

    assertThat(fit.counts()).isEqualTo(new ReplayCounts(121, 80, Optional.of(0)));
  }
}
