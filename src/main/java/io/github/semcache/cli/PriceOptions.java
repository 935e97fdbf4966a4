package io.github.semcache.cli;

import io.github.semcache.stats.ModelPrices;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options with the prices of models. */
final class PriceOptions {
  @Option(
      names = "--price",
      paramLabel = "MODEL=INPUT,OUTPUT",
      description =
          "The prices of a million input tokens and of a million output tokens of a chat model, for"
              + " example small-model=0.5,1.5. Can be used several times.")
  private Map<String, String> prices = Map.of();

  @Option(
      names = "--currency",
      paramLabel = "NAME",
      defaultValue = "USD",
      description = "The currency of the prices (default: ${DEFAULT-VALUE}).")
  private String currency = "USD";

  /** Returns the prices; empty if no option is given. */
  Optional<ModelPrices> prices() {
    if (prices.isEmpty()) {
      return Optional.empty();
    }
    try {
      ModelPrices table = ModelPrices.in(currency);
      for (Map.Entry<String, String> price : prices.entrySet()) {
        List<String> parts = List.of(price.getValue().split(",", -1));
        if (parts.size() != 2) {
          throw new IllegalArgumentException("it must have two prices");
        }
        table =
            table.model(
                price.getKey(), Double.parseDouble(parts.get(0)), Double.parseDouble(parts.get(1)));
      }
      return Optional.of(table);
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          "--price, --currency: " + e.getMessage() + "; --price must be MODEL=INPUT,OUTPUT", e);
    }
  }
}
