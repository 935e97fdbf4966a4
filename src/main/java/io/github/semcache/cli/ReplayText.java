package io.github.semcache.cli;

import io.github.semcache.evaluation.Proportion;
import io.github.semcache.evaluation.ReplayCounts;
import io.github.semcache.evaluation.ReplayResult;
import io.github.semcache.evaluation.ReplayedPrompt;
import io.github.semcache.stats.HitQuality;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code replay} prints.
 *
 * @param run the replay and what came of it
 * @param wrongHits how many wrong hits to show at most
 */
record ReplayText(ReplayRun run, int wrongHits) {

  void print(PrintWriter out) {
    ReplayResult result = run.result();
    out.printf("%d requests from %s, %s%n", result.total().requests(), run.file(), run.order());
    out.printf("policy %s, embedder %s, store %s%n%n", run.policy(), run.embedder(), run.store());
    out.printf("%-12s %-32s %s%n", "", "whole stream", "second half");
    ReplayCounts total = result.total();
    ReplayCounts half = result.secondHalf();
    Rates.line(out, "hits", total.hitRate(), half.hitRate());
    if (total.wrongHits().isPresent()) {
      Rates.line(
          out, "wrong hits", total.errorRate().orElseThrow(), half.errorRate().orElseThrow());
      Rates.line(out, "precision", total.precision().orElseThrow(), half.precision().orElseThrow());
    }
    out.printf("%nIn brackets: 95 %% confidence intervals (Clopper-Pearson).%n");
    result.missesByReason().entrySet().stream()
        .sorted(Map.Entry.comparingByKey((a, b) -> a.code().compareTo(b.code())))
        .forEach(miss -> out.printf("missed, %s: %d%n", miss.getKey(), miss.getValue()));
    HitQuality quality = result.stats().quality();
    if (quality.judged() > 0) {
      out.printf("audited hits: %d right, %d wrong%n", quality.right(), quality.wrong());
      out.printf(
          "answers compared: %d, %d of them without a verdict%n",
          quality.judged(), quality.unknown());
    }
    printWrongHits(out);
    out.flush();
  }

  private void printWrongHits(PrintWriter out) {
    List<ReplayedPrompt> wrong = shownWrongHits();
    if (wrong.isEmpty()) {
      return;
    }
    out.printf("%nWrong hits:%n");
    for (ReplayedPrompt hit : wrong) {
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
    return run.result().wrongHits().stream().limit(wrongHits).toList();
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
    Map<String, Long> misses = new LinkedHashMap<>();
    result.missesByReason().forEach((reason, count) -> misses.put(reason.code(), count));
    json.put("missesByReason", misses);
    HitQuality quality = result.stats().quality();
    json.put("audits", new TreeMap<>(Map.of("right", quality.right(), "wrong", quality.wrong())));
    json.put(
        "verdicts",
        new TreeMap<>(Map.of("compared", quality.judged(), "unknown", quality.unknown())));
    json.put("seconds", result.took().toMillis() / 1000.0);
    if (wrongHits > 0) {
      json.put("wrong", shownWrongHits().stream().map(ReplayText::json).toList());
    }
    JsonOutput.print(out, json);
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
