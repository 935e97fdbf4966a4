package io.github.semcache.cli;

import io.github.semcache.evaluation.Proportion;
import io.github.semcache.evaluation.ReplayCounts;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Formats counts and rates as text and as JSON. */
final class Rates {
  private Rates() {}

  /** Prints a rate in two columns. */
  static void printLine(PrintWriter out, String name, Proportion first, Proportion second) {
    out.printf("%-12s %-32s %s%n", name, text(first), text(second));
  }

  static String text(Proportion proportion) {
    if (proportion.value().isEmpty()) {
      return "-";
    }
    return String.format(
        Locale.ROOT,
        "%d (%.2f %% [%.2f, %.2f])",
        proportion.count(),
        100 * proportion.value().getAsDouble(),
        100 * proportion.lower(),
        100 * proportion.upper());
  }

  static Map<String, @Nullable Object> json(ReplayCounts counts) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("requests", counts.requests());
    json.put("hits", counts.hits());
    json.put("wrongHits", counts.wrongHits().orElse(null));
    put(json, "hitRate", Optional.of(counts.hitRate()));
    put(json, "errorRate", counts.errorRate());
    put(json, "precision", counts.precision());
    return json;
  }

  private static void put(
      Map<String, @Nullable Object> json, String name, Optional<Proportion> proportion) {
    Optional<Proportion> known = proportion.filter(rate -> rate.total() > 0);
    json.put(name, known.map(rate -> rate.value().orElseThrow()).orElse(null));
    json.put(
        name + "Interval", known.map(rate -> List.of(rate.lower(), rate.upper())).orElse(null));
  }
}
