package io.github.semcache.spring;

import static java.util.Objects.requireNonNull;

import io.github.semcache.Explanation;
import io.github.semcache.SemanticCache;
import io.github.semcache.learning.LearningPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.stats.ModelPrices;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The actuator endpoint {@code semcache}: statistics, the explanation of the decision on a prompt,
 * single entries, and the removal of entries. Explanations and entries contain prompts and answers,
 * so the endpoint must be accessible to operators only.
 */
@Endpoint(id = "semcache")
final class SemanticCacheEndpoint {
  private static final double MILLIS = 1_000;

  private final SemanticCache cache;
  private final VectorStore store;
  private final @Nullable ModelPrices prices;

  SemanticCacheEndpoint(SemanticCache cache, VectorStore store, @Nullable ModelPrices prices) {
    this.cache = cache;
    this.store = store;
    this.prices = prices;
  }

  /**
   * Returns the statistics, or the explanation of the decision on a prompt if there is one.
   *
   * @param prompt the text of the prompt
   * @param system the system prompt
   * @param tags the tags of the prompt, each {@code name=value}
   * @param labels the {@linkplain Labels.Filter#parse textual form} of the prompt's filter
   */
  @ReadOperation
  Map<String, Object> read(
      @Nullable String prompt,
      @Nullable String system,
      @Nullable List<String> tags,
      @Nullable String labels) {
    if (prompt == null) {
      return statistics(cache.stats());
    }
    Prompt asked = Prompt.of(prompt);
    if (system != null) {
      asked = asked.system(system);
    }
    for (String tag : tags == null ? List.<String>of() : tags) {
      asked = parsed("tags", "contains", tag, asked::tag);
    }
    return explanation(cache.explain(labels == null ? asked : asked.where(filter(labels))));
  }

  /** Returns an entry. */
  @ReadOperation
  WebEndpointResponse<Map<String, Object>> entry(@Selector String entry) {
    return store
        .find(entry)
        .map(found -> new WebEndpointResponse<>(entry(found)))
        .orElseGet(() -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND));
  }

  /** Removes an entry. */
  @DeleteOperation
  Map<String, Object> remove(@Selector String entry) {
    return Map.of("removed", store.remove(new EntrySelector.ByKey(entry)));
  }

  /**
   * Removes all entries of a scope, all entries with a tag, or all entries whose labels meet a
   * filter.
   *
   * @param scope the hash of the scope that an entry contains
   * @param tag the tag, {@code name=value}
   * @param labels the {@linkplain Labels.Filter#parse textual form} of the filter
   * @return the number of removed entries
   * @throws InvalidEndpointRequestException unless exactly one of them is given and valid
   */
  @DeleteOperation
  Map<String, Object> removeAll(
      @Nullable String scope, @Nullable String tag, @Nullable String labels) {
    if (Stream.of(scope, tag, labels).filter(Objects::nonNull).count() != 1) {
      throw new InvalidEndpointRequestException(
          "none or several of scope, tag, and labels are set; exactly one must be",
          "Set either scope, tag, or labels.");
    }
    EntrySelector selector;
    if (scope != null) {
      selector = new EntrySelector.ByScope(scope);
    } else if (tag != null) {
      selector = parsed("tag", "is", tag, EntrySelector::tag);
    } else {
      selector = EntrySelector.labels(filter(requireNonNull(labels)));
    }
    return Map.of("removed", store.remove(selector));
  }

  private static Labels.Filter filter(String labels) {
    try {
      return Labels.Filter.parse(labels);
    } catch (IllegalArgumentException e) {
      throw new InvalidEndpointRequestException(
          "labels is '" + labels + "'; it must be a filter: " + e.getMessage(),
          "Set labels to conditions such as topic=billing or price:10..20.");
    }
  }

  /**
   * Parses a tag.
   *
   * @param parameter the name of the parameter, for messages
   * @param verb relates the parameter to the tag in messages
   * @param tag the tag, {@code name=value}
   * @param result creates the result from the name and the value
   */
  private static <T> T parsed(
      String parameter, String verb, String tag, BiFunction<String, String, T> result) {
    int end = tag.indexOf('=');
    if (end < 1) {
      throw new InvalidEndpointRequestException(
          parameter + " " + verb + " '" + tag + "'; it must be name=value",
          "Set " + parameter + " to name=value.");
    }
    return result.apply(tag.substring(0, end), tag.substring(end + 1));
  }

  private Map<String, Object> statistics(CacheStats stats) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("requests", stats.requests());
    values.put("hitRate", stats.hitRate());
    values.put("exactHits", stats.exactHits());
    values.put("semanticHits", stats.semanticHits());
    Map<String, Long> misses = new TreeMap<>();
    stats.missesByReason().forEach((reason, count) -> misses.put(reason.code(), count));
    values.put("misses", misses);
    values.put("coalesced", stats.coalesced());
    values.put("modelCalls", stats.modelCalls());
    values.put("writes", stats.writes());
    values.put("notAdmitted", stats.notAdmitted());
    values.put("tokens", tokens(stats));
    values.put("scopes", stats.scopes());
    values.put("singleUseScopeRate", stats.singleUseScopeRate());
    values.put("savings", savings(stats));
    values.put("errors", errors(stats));
    if (stats.policyState() != LearningPolicy.Learner.State.COLD) {
      values.put("policyState", stats.policyState().name());
    }
    values.put("openCircuits", cache.openCircuits());
    return values;
  }

  private static Map<String, Long> tokens(CacheStats stats) {
    Map<String, Long> tokens = new LinkedHashMap<>();
    tokens.put("input", stats.inputTokens());
    tokens.put("output", stats.outputTokens());
    tokens.put("saved", stats.tokensSaved());
    return tokens;
  }

  /** Returns times in seconds, and amounts of money if there are prices. */
  private Map<String, Object> savings(CacheStats stats) {
    CacheStats.Savings savings = stats.savings(prices == null ? ModelPrices.in("none") : prices);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("timeSaved", savings.timeSaved().toMillis() / MILLIS);
    values.put("overhead", savings.overhead().toMillis() / MILLIS);
    if (prices != null) {
      values.put("currency", savings.currency());
      values.put("moneySaved", savings.moneySaved());
      values.put("moneySpent", savings.moneySpent());
      values.put("embeddingCost", savings.embeddingCost());
      values.put("unpricedCalls", savings.unpricedCalls());
      values.put("moneySavedByTag", stats.moneySavedByTag(prices));
    }
    return values;
  }

  private static Map<String, Long> errors(CacheStats stats) {
    Map<String, Long> errors = new LinkedHashMap<>();
    errors.put("store", stats.storeErrors());
    errors.put("corruptEntries", stats.corruptEntries());
    errors.put("embedder", stats.embedderErrors());
    errors.put("verifier", stats.verifierErrors());
    errors.put("policy", stats.policyErrors());
    errors.put("adapter", stats.adapterErrors());
    errors.put("model", stats.modelErrors());
    return errors;
  }

  private static Map<String, Object> explanation(Explanation explanation) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("decision", decision(explanation.decision()));
    explanation.exact().ifPresent(exact -> values.put("exact", entry(exact)));
    values.put(
        "candidates",
        explanation.candidates().stream().map(SemanticCacheEndpoint::candidate).toList());
    return values;
  }

  private static Map<String, Object> candidate(Explanation.Candidate candidate) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("distance", candidate.match().distance());
    values.put("decision", decision(candidate.decision()));
    candidate
        .verification()
        .ifPresent(verification -> values.put("verification", verification.reason()));
    values.putAll(entry(candidate.match().entry()));
    return values;
  }

  private static String decision(Decision decision) {
    if (decision instanceof Decision.Miss miss) {
      return "miss: " + miss.reason().code();
    }
    return decision instanceof Decision.Audit ? "audit" : "hit";
  }

  private static Map<String, Object> entry(CacheEntry entry) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("entry", entry.key());
    values.put("scope", entry.scope());
    values.put("prompt", entry.prompt());
    values.put("answer", entry.answer());
    Optional.ofNullable(entry.attributes().get("model"))
        .ifPresent(model -> values.put("model", model));
    values.put("createdAt", entry.createdAt().toString());
    if (!entry.labels().isEmpty()) {
      values.put("labels", entry.labels().values());
    }
    return values;
  }
}
