package io.github.semcache.cli;

import io.github.semcache.evaluation.FitTarget;
import io.github.semcache.evaluation.ReplayCounts;
import io.github.semcache.evaluation.ThresholdFit;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The output of {@code fit}.
 *
 * @param fit the fit, with a threshold
 * @param options the options of the builder besides the threshold
 */
record FitOutput(ThresholdFit fit, String options) {

  void print(PrintWriter out) {
    FitTarget target = fit.target();
    out.printf(
        Locale.ROOT,
        "threshold %.4f for %s %s with confidence %s, on %d requests%n",
        fit.threshold().orElseThrow(),
        target.goal() == FitTarget.Goal.MAX_ERROR_RATE
            ? "an error rate of at most"
            : "a precision of at least",
        target.limit(),
        target.confidence(),
        fit.counts().requests());
    out.printf("%n%-12s %-32s %s%n", "", "at the threshold", "cross-validated");
    ThresholdFit.CrossValidation crossValidation = fit.crossValidation();
    printRates(out, fit.counts(), crossValidation.counts());
    out.printf("%nIn brackets: 95 %% confidence intervals (Clopper-Pearson).%n");
    out.printf(
        Locale.ROOT,
        "Cross-validated: each fifth of the data with the threshold fitted to the rest: %s.%n",
        crossValidation.thresholds().stream()
            .map(threshold -> String.format(Locale.ROOT, "%.4f", threshold))
            .toList());
    out.printf("%n%s%n", code());
    out.flush();
  }

  private static void printRates(PrintWriter out, ReplayCounts fitted, ReplayCounts heldOut) {
    Rates.printLine(out, "hits", fitted.hitRate(), heldOut.hitRate());
    Rates.printLine(
        out, "wrong hits", fitted.errorRate().orElseThrow(), heldOut.errorRate().orElseThrow());
    Rates.printLine(
        out, "precision", fitted.precision().orElseThrow(), heldOut.precision().orElseThrow());
  }

  /** Returns the Java code that builds a cache with the threshold. */
  private String code() {
    return String.format(
        Locale.ROOT,
        "SemanticCache.builder().embedder(embedder).maxDistance(%.4f)%s",
        fit.threshold().orElseThrow(),
        options);
  }

  void printJson(PrintWriter out) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("threshold", fit.threshold().orElseThrow());
    json.put("goal", fit.target().goal().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.put("target", fit.target().limit());
    json.put("confidence", fit.target().confidence());
    json.putAll(Rates.json(fit.counts()));
    Map<String, @Nullable Object> crossValidation = new LinkedHashMap<>();
    crossValidation.put("thresholds", fit.crossValidation().thresholds());
    crossValidation.putAll(Rates.json(fit.crossValidation().counts()));
    json.put("crossValidation", crossValidation);
    json.put("builder", code());
    JsonOutput.print(out, json);
  }
}
