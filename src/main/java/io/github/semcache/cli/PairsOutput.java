package io.github.semcache.cli;

import io.github.semcache.evaluation.DecidedPair;
import io.github.semcache.evaluation.PairResult;
import io.github.semcache.evaluation.PrecisionCurve;
import io.github.semcache.evaluation.Proportion;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The output of {@code pairs}.
 *
 * @param file the file of the pairs
 * @param policy the policy
 * @param result the decisions
 * @param maxWrongHits the maximum number of accepted pairs with different answers to show
 */
record PairsOutput(Path file, PolicyOptions policy, PairResult result, int maxWrongHits) {
  private static final int TABLE_ROWS = 10;

  void print(PrintWriter out) {
    out.printf("%d decisions on pairs from %s%n", result.decisions().size(), file);
    out.printf("policy %s, score %s%n%n", policy.name(), score());
    printLine(out, "accepted right", result.acceptedRight());
    printLine(out, "accepted wrong", result.acceptedWrong());
    printLine(out, "precision", result.precision());
    result
        .curve()
        .averagePrecision()
        .ifPresentOrElse(
            average -> out.printf(Locale.ROOT, "%-18s %.4f%n", "average precision", average),
            () -> out.println("average precision  - (needs pairs of both labels)"));
    out.printf("%nIn brackets: 95 %% confidence intervals (Clopper-Pearson).%n");
    printReasons(out);
    printCurve(out);
    printWrongHits(out);
    out.flush();
  }

  private String score() {
    return policy.verifier().scorer().isPresent() ? "of the verifier" : "by distance";
  }

  private static void printLine(PrintWriter out, String name, Proportion proportion) {
    out.printf("%-18s %s of %d%n", name, Rates.text(proportion), proportion.total());
  }

  private void printReasons(PrintWriter out) {
    out.printf("%n%-28s %8s %8s%n", "decisions by reason", "right", "wrong");
    result
        .byReason()
        .forEach(
            (reason, counts) ->
                out.printf("%-28s %8d %8d%n", reason, counts.right(), counts.wrong()));
  }

  /** Prints the rates at about ten recalls. */
  private void printCurve(PrintWriter out) {
    List<PrecisionCurve.Point> points = new ArrayList<>();
    double nextRecall = 0;
    for (PrecisionCurve.Point point : result.curve().points()) {
      if (point.recall() >= nextRecall) {
        points.add(point);
        nextRecall = point.recall() + 1.0 / TABLE_ROWS;
      }
    }
    out.printf("%n%-12s %9s %9s %9s%n", "score from", "accepted", "precision", "recall");
    for (PrecisionCurve.Point point : points) {
      out.printf(
          Locale.ROOT,
          "%-12.4f %7.2f %% %7.2f %% %7.2f %%%n",
          point.threshold(),
          100 * point.hitRatio(),
          100 * point.precision(),
          100 * point.recall());
    }
  }

  private void printWrongHits(PrintWriter out) {
    List<DecidedPair> wrongHits = wrongHits();
    if (!wrongHits.isEmpty()) {
      out.printf("%nAccepted, with different answers:%n");
    }
    for (DecidedPair hit : wrongHits) {
      out.printf(
          Locale.ROOT,
          "line %d, distance %.4f, score %.4f%n  %s%n  %s%n",
          hit.pair().line(),
          hit.distance().orElse(0),
          hit.score(),
          hit.pair().first(),
          hit.pair().second());
    }
  }

  private List<DecidedPair> wrongHits() {
    return result.decisions().stream()
        .filter(DecidedPair::isAcceptedWrongly)
        .limit(maxWrongHits)
        .toList();
  }

  void printJson(PrintWriter out) {
    PrecisionCurve curve = result.curve();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("file", file.toString());
    json.put("policy", policy.name());
    json.put("score", score());
    json.put("pairs", result.decisions().size());
    json.put("rightPairs", result.acceptedRight().total());
    json.put("wrongPairs", result.acceptedWrong().total());
    json.put("acceptedRight", result.acceptedRight().count());
    json.put("acceptedWrong", result.acceptedWrong().count());
    json.put("acceptedRightRate", value(result.acceptedRight().value()));
    json.put("acceptedWrongRate", value(result.acceptedWrong().value()));
    json.put("precision", value(result.precision().value()));
    json.put("recall", value(result.acceptedRight().value()));
    json.put("averagePrecision", value(curve.averagePrecision()));
    json.put("hitRatioArea", curve.hitRatioArea());
    json.put("calibrationRetention", value(curve.calibrationRetention()));
    json.put("byReason", byReason());
    json.put("curve", curve.grid().stream().map(PairsOutput::json).toList());
    if (maxWrongHits > 0) {
      json.put("wrong", wrongHits().stream().map(PairsOutput::json).toList());
    }
    JsonOutput.print(out, json);
  }

  private static @Nullable Double value(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private Map<String, Object> byReason() {
    Map<String, Object> reasons = new LinkedHashMap<>();
    result
        .byReason()
        .forEach(
            (reason, counts) ->
                reasons.put(reason, Map.of("right", counts.right(), "wrong", counts.wrong())));
    return reasons;
  }

  private static Map<String, Object> json(PrecisionCurve.Point point) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("score", point.threshold());
    json.put("accepted", point.hitRatio());
    json.put("precision", point.precision());
    json.put("recall", point.recall());
    return json;
  }

  private static Map<String, Object> json(DecidedPair hit) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("line", hit.pair().line());
    json.put("first", hit.pair().first());
    json.put("second", hit.pair().second());
    json.put("distance", hit.distance().orElse(0));
    json.put("score", hit.score());
    return json;
  }
}
