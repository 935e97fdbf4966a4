package io.github.semcache.stats;

import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.MissReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The text of a {@link CacheStats}, the counts that are not zero with their names, and of its
 * {@link CacheStats.Savings}.
 */
final class StatsText {
  private final List<String> parts = new ArrayList<>();

  private StatsText() {}

  static String of(CacheStats stats) {
    StatsText text = new StatsText();
    text.addRequests(stats);
    text.addParts(stats);
    text.addErrors(stats);
    text.addFreshness(stats.freshness());
    text.addVerifications(stats.verifications());
    text.addLearning(stats);
    return "CacheStats{" + String.join(", ", text.parts) + "}";
  }

  private void addRequests(CacheStats stats) {
    parts.add("requests=" + stats.requests());
    parts.add("hitRate=" + percent(stats.hitRate()));
    add("exactHits", stats.exactHits());
    add("semanticHits", stats.semanticHits());
    if (!stats.missesByReason().isEmpty()) {
      parts.add("misses=" + misses(stats.missesByReason()));
    }
    add("coalesced", stats.coalesced());
  }

  private static String misses(Map<MissReason, Long> misses) {
    return misses.entrySet().stream()
        .sorted(
            Map.Entry.<MissReason, Long>comparingByValue()
                .reversed()
                .thenComparing(miss -> miss.getKey().code(), Comparator.naturalOrder()))
        .map(miss -> miss.getKey().code() + "=" + miss.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private void addParts(CacheStats stats) {
    add("modelCalls", stats.modelCalls());
    add("modelTime", stats.modelTime());
    add("inputTokens", stats.inputTokens());
    add("outputTokens", stats.outputTokens());
    add("tokensSaved", stats.tokensSaved());
    add("timeSaved", timeSaved(stats));
    add("embeddings", stats.embeddings());
    add("embeddingTime", stats.embeddingTime());
    add("lookups", stats.lookups());
    add("lookupTime", stats.lookupTime());
    add("writes", stats.writes());
    add("notAdmitted", stats.notAdmitted());
    add("evictions", stats.evictions());
    add("scopes", stats.scopes());
    if (stats.singleUseScopeRate() > 0) {
      parts.add("singleUseScopeRate=" + percent(stats.singleUseScopeRate()));
    }
  }

  private static Duration timeSaved(CacheStats stats) {
    return stats.modelUsage().stream()
        .map(CacheStats.ModelUsage::savedTime)
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Returns what a cache has saved, as one line. */
  static String of(CacheStats.Savings savings) {
    StatsText text = new StatsText();
    text.parts.add("moneySaved=" + money(savings, savings.moneySaved()));
    text.parts.add("moneySpent=" + money(savings, savings.moneySpent()));
    if (savings.embeddingCost() > 0) {
      text.parts.add("embeddingCost=" + money(savings, savings.embeddingCost()));
    }
    text.add("unpricedCalls", savings.unpricedCalls());
    text.parts.add("timeSaved=" + readable(savings.timeSaved()));
    text.parts.add("overhead=" + readable(savings.overhead()));
    return "Savings{" + String.join(", ", text.parts) + "}";
  }

  private static String money(CacheStats.Savings savings, double amount) {
    return String.format(
        Locale.ROOT, amount >= 1 ? "%.2f %s" : "%.4f %s", amount, savings.currency());
  }

  private void addErrors(CacheStats stats) {
    add("modelErrors", stats.modelErrors());
    add("storeErrors", stats.storeErrors());
    add("embedderErrors", stats.embedderErrors());
    add("verifierErrors", stats.verifierErrors());
    add("policyErrors", stats.policyErrors());
    add("adapterErrors", stats.adapterErrors());
    add("corruptEntries", stats.corruptEntries());
  }

  private void addFreshness(CacheStats.Freshness freshness) {
    add("staleHits", freshness.staleHits());
    add("refreshes", freshness.refreshes());
    add("refreshesDropped", freshness.refreshesDropped());
    add("superseded", freshness.superseded());
  }

  private void addVerifications(CacheStats.Verifications verifications) {
    add("verifierAccepted", verifications.accepted());
    add("verifierRejected", verifications.rejected());
    add("verifierUnsure", verifications.unsure());
    add("verificationsDropped", verifications.dropped());
    add("verifierTime", verifications.time());
    add("verifierCalls", verifications.modelCalls());
    add("verifierInputTokens", verifications.inputTokens());
    add("verifierOutputTokens", verifications.outputTokens());
  }

  /** Adds the state of a learning policy and the verdicts; nothing if there were none. */
  private void addLearning(CacheStats stats) {
    if (stats.policyState() != Learner.State.COLD) {
      parts.add("policyState=" + stats.policyState());
    }
    add("policyTrips", stats.policyTrips());
    add("settingsChanges", stats.settingsChanges());
    CacheStats.Quality quality = stats.quality();
    add("shadowHits", quality.shadowHits());
    add("shadowTokensSaved", quality.shadowTokensSaved());
    add("judgedRight", quality.right());
    add("judgedWrong", quality.wrong());
    add("judged", quality.judged());
    add("judgedUnknown", quality.unknown());
    add("comparisonsDropped", quality.dropped());
    add("reportedRight", quality.reportedRight());
    add("reportedWrong", quality.reportedWrong());
  }

  private void add(String name, long count) {
    if (count != 0) {
      parts.add(name + "=" + count);
    }
  }

  private void add(String name, Duration time) {
    if (!time.isZero()) {
      parts.add(name + "=" + readable(time));
    }
  }

  private static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * fraction);
  }

  private static String readable(Duration time) {
    double millis = time.toNanos() / 1e6;
    return millis >= 1_000
        ? String.format(Locale.ROOT, "%.1fs", millis / 1_000)
        : String.format(Locale.ROOT, millis >= 10 ? "%.0fms" : "%.2fms", millis);
  }
}
