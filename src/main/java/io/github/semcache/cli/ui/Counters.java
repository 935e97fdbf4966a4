package io.github.semcache.cli.ui;

import io.github.semcache.stats.CacheStats;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The counters of the page and what the hits saved. */
final class Counters {
  private Counters() {}

  static Map<String, @Nullable Object> describe(CacheStats stats) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("requests", stats.requests());
    json.put("exactHits", stats.exactHits());
    json.put("semanticHits", stats.semanticHits());
    json.put("hitRate", stats.hitRate());
    Map<String, Long> misses = new TreeMap<>();
    stats.missesByReason().forEach((reason, count) -> misses.put(reason.code(), count));
    json.put("misses", misses);
    json.put("modelCalls", stats.modelCalls());
    json.put("tokensUsed", stats.inputTokens() + stats.outputTokens());
    json.put("tokensSaved", stats.tokensSaved());
    json.put("modelMillis", stats.modelTime().toMillis());
    json.put("savedMillis", savedMillis(stats));
    json.put("embeddingMillis", stats.embeddingTime().toMillis());
    json.put("verifierMillis", stats.verifications().time().toMillis());
    return json;
  }

  /** Returns the time of as many mean model calls as there were hits, or null without a call. */
  private static @Nullable Long savedMillis(CacheStats stats) {
    return stats.modelCalls() == 0
        ? null
        : stats.hits() * stats.modelTime().toMillis() / stats.modelCalls();
  }
}
