package io.github.semcache.cli;

import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.stats.ModelPrices;
import io.github.semcache.store.CacheEntry;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The model calls that produced the answers of a store, which is what hits on them save. Answers
 * that no model produced, such as loaded ones, do not count.
 */
final class StoredUsage {
  private static final double SECOND_MILLIS = 1_000;

  private final Optional<ModelPrices> prices;
  private long calls;
  private long inputTokens;
  private long outputTokens;
  private long millis;
  private long timedCalls;
  private double cost;
  private long pricedCalls;

  /**
   * Creates an empty count.
   *
   * @param prices the prices of the models; empty if costs are not computed
   */
  StoredUsage(Optional<ModelPrices> prices) {
    this.prices = prices;
  }

  /** Adds the call that produced the answer of an entry, if its tokens are known. */
  void add(CacheEntry entry) {
    Map<String, String> attributes = entry.attributes();
    Optional<TokenUsage> usage = usage(attributes);
    if (usage.isEmpty()) {
      return;
    }
    calls++;
    inputTokens += usage.get().inputTokens();
    outputTokens += usage.get().outputTokens();
    Optional<Long> took = number(attributes, "model_millis");
    timedCalls += took.isPresent() ? 1 : 0;
    millis += took.orElse(0L);
    Optional<Double> price =
        prices.flatMap(
            table -> table.costOf(attributes.getOrDefault("model", "unknown"), usage.get()));
    pricedCalls += price.isPresent() ? 1 : 0;
    cost += price.orElse(0.0);
  }

  private static Optional<TokenUsage> usage(Map<String, String> attributes) {
    Optional<Long> input = number(attributes, "input_tokens");
    Optional<Long> output = number(attributes, "output_tokens");
    return input.isPresent() && output.isPresent()
        ? Optional.of(new TokenUsage(input.get(), output.get()))
        : Optional.empty();
  }

  private static Optional<Long> number(Map<String, String> attributes, String name) {
    try {
      return Optional.ofNullable(attributes.get(name))
          .map(Long::parseLong)
          .filter(number -> number >= 0);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Returns the sums, and the averages that a hit saves, by name. */
  Map<String, Object> toMap() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("answersOfModels", calls);
    values.put("inputTokens", inputTokens);
    values.put("outputTokens", outputTokens);
    if (calls > 0) {
      values.put("tokensSavedPerHit", Math.round((double) (inputTokens + outputTokens) / calls));
    }
    if (timedCalls > 0) {
      values.put("secondsSavedPerHit", rounded(millis / SECOND_MILLIS / timedCalls));
    }
    prices.ifPresent(
        table -> {
          values.put("currency", table.currency());
          values.put("cost", rounded(cost));
          values.put("unpricedAnswers", calls - pricedCalls);
          if (pricedCalls > 0) {
            values.put("costSavedPerHit", rounded(cost / pricedCalls));
          }
        });
    return values;
  }

  /** Rounds to four significant digits. */
  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.3e", value));
  }
}
