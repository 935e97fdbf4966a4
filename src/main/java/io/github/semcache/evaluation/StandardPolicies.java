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

  private StandardPolicies(EvaluationReport.Builder report) {
    this.report = report;
  }

  static void addTo(EvaluationReport.Builder report) {
    StandardPolicies policies = new StandardPolicies(report);
    report.policy("default", "default", OptionalDouble.empty(), code(""), builder -> {});
    policies.addThresholds("max-distance", ".maxDistance(%s)", SemanticCacheBuilder::maxDistance);
    policies.addThresholds(
        "relative distance", ".relativeDistance(%s)", SemanticCacheBuilder::relativeDistance);
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
