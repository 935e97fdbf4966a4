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

/** Shows counts and rates to people and to machines. */
final class Rates {
  private Rates() {}

  /** Two rates of one kind, side by side. */
  static void line(PrintWriter out, String what, Proportion one, Proportion other) {
    out.printf("%-12s %-32s %s%n", what, text(one), text(other));
  }

  private static String text(Proportion proportion) {
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

  static Map<String, @Nullable Object> json(ReplayCounts tally) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("requests", tally.requests());
    json.put("hits", tally.hits());
    json.put("wrongHits", tally.wrongHits().orElse(null));
    put(json, "hitRate", Optional.of(tally.hitRate()));
    put(json, "errorRate", tally.errorRate());
    put(json, "precision", tally.precision());
    return json;
  }

  private static void put(
      Map<String, @Nullable Object> json, String name, Optional<Proportion> proportion) {
    Optional<Proportion> known = proportion.filter(some -> some.total() > 0);
    json.put(name, known.map(some -> some.value().orElseThrow()).orElse(null));
    json.put(
        name + "Interval", known.map(some -> List.of(some.lower(), some.upper())).orElse(null));
  }
}
