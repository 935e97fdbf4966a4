package io.github.semcache.evaluation;

import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.verify.PairVerifier;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The policies that a report compares by default, each at several settings. */
final class StandardPolicies {
  private static final List<Double> THRESHOLDS =
      IntStream.rangeClosed(1, 20).mapToObj(i -> i * 2 / 100.0).toList();

  private static final List<Double> BUDGETS = List.of(0.0025, 0.005, 0.01, 0.02, 0.04);

  private final EvaluationReport.Builder report;

  /** The verifier of a cache for which none is configured; all settings share its decisions. */
  private final PairVerifier verifier = CachingVerifier.of(PairVerifier.local());

  private StandardPolicies(EvaluationReport.Builder report) {
    this.report = report;
  }

  static void addTo(EvaluationReport.Builder report) {
    StandardPolicies policies = new StandardPolicies(report);
    policies.add("default", "default", "", builder -> builder.verifier(policies.verifier));
    policies.addThresholds(
        "max-distance",
        ".maxDistance(%s)",
        (builder, threshold) -> builder.maxDistance(threshold).verifier(policies.verifier));
    policies.addThresholds(
        "relative distance",
        ".relativeDistance(%s)",
        (builder, threshold) -> builder.relativeDistance(threshold).verifier(policies.verifier));
    policies.addThresholds(
        "distance only",
        ".maxDistance(%s).noGuards().verifier(PairVerifier.none())",
        (builder, threshold) ->
            builder.maxDistance(threshold).noGuards().verifier(PairVerifier.none()));
    policies.add(
        "same words",
        "always",
        ".hitPolicy(HitPolicy.sameWords())",
        builder -> builder.hitPolicy(HitPolicy.sameWords()));
    for (double budget : BUDGETS) {
      policies.add(
          "error budget",
          Double.toString(budget),
          ".hitPolicy(ErrorBudget.of(" + budget + ")).judge(judge)",
          builder -> builder.hitPolicy(ErrorBudget.of(budget)));
    }
  }

  private void add(
      String name, String setting, String calls, Consumer<SemanticCacheBuilder> options) {
    report.policy(name, setting, OptionalDouble.empty(), code(calls), options);
  }

  /** Sets a threshold on a builder. */
  private interface ThresholdOption {
    SemanticCacheBuilder set(SemanticCacheBuilder builder, double threshold);
  }

  private void addThresholds(String name, String calls, ThresholdOption option) {
    for (double threshold : THRESHOLDS) {
      report.policy(
          name,
          Double.toString(threshold),
          OptionalDouble.of(threshold),
          code(calls.formatted(threshold)),
          builder -> option.set(builder, threshold));
    }
  }

  private static String code(String calls) {
    return "SemanticCache.builder().embedder(embedder)" + calls;
  }
}
