package io.github.semcache.cli;

import io.github.semcache.evaluation.Proportion;
import io.github.semcache.evaluation.ReplayCounts;
import io.github.semcache.evaluation.ReplayResult;
import io.github.semcache.evaluation.ReplayedPrompt;
import io.github.semcache.stats.CacheStats;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The output of {@code replay}.
 *
 * @param run the replay
 * @param maxWrongHits the maximum number of wrong hits to show
 */
record ReplayOutput(ReplayRun run, int maxWrongHits) {

  void print(PrintWriter out) {
    ReplayResult result = run.result();
    out.printf("%d requests from %s, %s%n", result.total().requests(), run.file(), run.order());
    out.printf("policy %s, embedder %s, store %s%n%n", run.policy(), run.embedder(), run.store());
    out.printf("%-12s %-32s %s%n", "", "all requests", "second half");
    printRates(out, result.total(), result.secondHalf());
    out.printf("%nIn brackets: 95 %% confidence intervals (Clopper-Pearson).%n");
    result.missesByReason().entrySet().stream()
        .sorted(Map.Entry.comparingByKey((a, b) -> a.code().compareTo(b.code())))
        .forEach(miss -> out.printf("misses, %s: %d%n", miss.getKey(), miss.getValue()));
    if (result.verifierCalls().isPresent()) {
      long calls = result.verifierCalls().getAsLong();
      out.printf(
          Locale.ROOT,
          "verifier calls: %d (%.3f per request)%n",
          calls,
          (double) calls / result.total().requests());
    }
    CacheStats.Quality quality = result.stats().quality();
    if (quality.judged() > 0) {
      out.printf("audited hits: %d correct, %d wrong%n", quality.right(), quality.wrong());
      out.printf(
          "compared answers: %d, of which %d without a verdict%n",
          quality.judged(), quality.unknown());
    }
    printWrongHits(out);
    out.flush();
  }

  private static void printRates(PrintWriter out, ReplayCounts total, ReplayCounts half) {
    Rates.printLine(out, "hits", total.hitRate(), half.hitRate());
    if (total.wrongHits().isPresent()) {
      Rates.printLine(
          out, "wrong hits", total.errorRate().orElseThrow(), half.errorRate().orElseThrow());
      Rates.printLine(
          out, "precision", total.precision().orElseThrow(), half.precision().orElseThrow());
    }
  }

  private void printWrongHits(PrintWriter out) {
    List<ReplayedPrompt> wrongHits = shownWrongHits();
    if (wrongHits.isEmpty()) {
      return;
    }
    out.printf("%nWrong hits:%n");
    for (ReplayedPrompt hit : wrongHits) {
      out.printf(
          Locale.ROOT,
          "line %d, distance %.4f%n  %s [%s]%n  %s [%s]%n",
          hit.prompt().line(),
          hit.distance().orElse(0),
          hit.prompt().text(),
          hit.prompt().label().orElse(""),
          hit.answer().matchedPrompt().orElse(""),
          hit.answer().text());
    }
  }

  private List<ReplayedPrompt> shownWrongHits() {
    return run.result().wrongHits().stream().limit(maxWrongHits).toList();
  }

  void printJson(PrintWriter out) {
    ReplayResult result = run.result();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("file", run.file().toString());
    json.put("order", run.order());
    json.put("policy", run.policy());
    json.put("embedder", run.embedder());
    json.put("store", run.store());
    json.putAll(Rates.json(result.total()));
    json.put("secondHalf", Rates.json(result.secondHalf()));
    json.put("intervals", "Clopper-Pearson, two-sided");
    json.put("confidence", Proportion.CONFIDENCE);
    json.put("missesByReason", missesByReason(result));
    CacheStats.Quality quality = result.stats().quality();
    json.put("audits", new TreeMap<>(Map.of("right", quality.right(), "wrong", quality.wrong())));
    json.put(
        "verdicts",
        new TreeMap<>(Map.of("compared", quality.judged(), "unknown", quality.unknown())));
    if (result.verifierCalls().isPresent()) {
      json.put("verifierCalls", result.verifierCalls().getAsLong());
    }
    json.put("seconds", result.duration().toMillis() / 1000.0);
    if (maxWrongHits > 0) {
      json.put("wrong", shownWrongHits().stream().map(ReplayOutput::json).toList());
    }
    JsonOutput.print(out, json);
  }

  private static Map<String, Long> missesByReason(ReplayResult result) {
    Map<String, Long> misses = new TreeMap<>();
    result.missesByReason().forEach((reason, count) -> misses.put(reason.code(), count));
    return misses;
  }

  private static Map<String, Object> json(ReplayedPrompt hit) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("line", hit.prompt().line());
    json.put("prompt", hit.prompt().text());
    json.put("label", hit.prompt().label().orElse(""));
    json.put("matchedPrompt", hit.answer().matchedPrompt().orElse(""));
    json.put("matchedLabel", hit.answer().text());
    json.put("distance", hit.distance().orElse(0));
    return json;
  }
}
