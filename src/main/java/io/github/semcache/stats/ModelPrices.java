package io.github.semcache.stats;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatReply.TokenUsage;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The prices of models per million tokens, in one currency. A table has no prices of its own,
 * because they change and depend on the contract: add those that you pay. Immutable.
 *
 * <pre>{@code
 * ModelPrices prices = ModelPrices.in("USD").model("small-model", 0.5, 1.5);
 * }</pre>
 *
 * <p>A price applies to the model with the same name, and to its dated versions: the price of
 * {@code small-model} also to {@code small-model-2026-01-31} and {@code small-model-20260131},
 * unless they have a price of their own.
 */
public final class ModelPrices {
  private static final double MILLION = 1e6;
  private static final Pattern DATE = Pattern.compile("-(\\d{4}-\\d{2}-\\d{2}|\\d{8})$");

  private final String currency;
  private final Map<String, Price> models;
  private final double perMillionEmbeddings;

  private record Price(double input, double output) {}

  private ModelPrices(String currency, Map<String, Price> models, double perMillionEmbeddings) {
    this.currency = currency;
    this.models = Map.copyOf(models);
    this.perMillionEmbeddings = perMillionEmbeddings;
  }

  /**
   * Returns a table without prices.
   *
   * @param currency the currency of all prices, for example {@code USD}; not blank
   * @return an empty table
   * @throws IllegalArgumentException if the currency is blank
   */
  public static ModelPrices in(String currency) {
    if (requireNonNull(currency, "currency").isBlank()) {
      throw new IllegalArgumentException("currency is blank; it must name a currency");
    }
    return new ModelPrices(currency, Map.of(), 0);
  }

  /**
   * Adds the prices of a chat model, or replaces them.
   *
   * @param model the name of the model, as it reports it in its replies; not blank
   * @param inputPerMillion the price of a million input tokens, finite and at least 0
   * @param outputPerMillion the price of a million output tokens, finite and at least 0
   * @return a copy with the prices
   * @throws IllegalArgumentException if the name is blank, or a price is negative or not finite
   */
  public ModelPrices model(String model, double inputPerMillion, double outputPerMillion) {
    if (requireNonNull(model, "model").isBlank()) {
      throw new IllegalArgumentException("model is blank; it must name a model");
    }
    Map<String, Price> extended = new HashMap<>(models);
    extended.put(
        model,
        new Price(
            checkPrice("inputPerMillion", inputPerMillion),
            checkPrice("outputPerMillion", outputPerMillion)));
    return new ModelPrices(currency, extended, perMillionEmbeddings);
  }

  /**
   * Sets the price of embeddings, by number and not by tokens: the price of a million tokens times
   * the average number of tokens of a prompt.
   *
   * @param perMillion the price of a million embeddings, finite and at least 0; 0 by default
   * @return a copy with the price
   * @throws IllegalArgumentException if the price is negative or not finite
   */
  public ModelPrices embeddings(double perMillion) {
    return new ModelPrices(currency, models, checkPrice("perMillion", perMillion));
  }

  private static double checkPrice(String option, double price) {
    if (!(price >= 0 && price < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          option + " is " + price + "; it must be finite and at least 0");
    }
    return price;
  }

  /**
   * Returns the currency.
   *
   * @return the currency of all prices
   */
  public String currency() {
    return currency;
  }

  /**
   * Returns the cost of a model call.
   *
   * @param model the name of the model
   * @param tokens the tokens of the call
   * @return the cost; empty if the model has no price
   */
  public Optional<Double> costOf(String model, TokenUsage tokens) {
    return cost(model, tokens.inputTokens(), tokens.outputTokens());
  }

  Optional<Double> cost(String model, long inputTokens, long outputTokens) {
    return priceOf(model)
        .map(price -> (inputTokens * price.input + outputTokens * price.output) / MILLION);
  }

  private Optional<Price> priceOf(String model) {
    return Optional.ofNullable(models.get(model))
        .or(() -> Optional.ofNullable(models.get(DATE.matcher(model).replaceFirst(""))));
  }

  double costOfEmbeddings(long count) {
    return count * perMillionEmbeddings / MILLION;
  }

  /** Returns the currency and the names of the models. */
  @Override
  public String toString() {
    return "ModelPrices[" + currency + ", " + models.keySet() + "]";
  }
}
