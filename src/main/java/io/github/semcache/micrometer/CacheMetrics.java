package io.github.semcache.micrometer;

import static java.util.Objects.requireNonNull;

import io.github.semcache.SemanticCache;
import io.github.semcache.chat.TokenUsage;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The meters of a cache. It listens to the cache from the beginning, and is bound to it once it is
 * built:
 *
 * <pre>{@code
 * CacheMetrics metrics = CacheMetrics.builder(registry, "answers").prices(2.50, 10, "usd").build();
 * SemanticCache cache = metrics.bind(SemanticCache.builder().listener(metrics). … .build());
 * }</pre>
 *
 * <p>All meters have the tag {@code cache} with the cache's name.
 *
 * <table>
 * <caption>The meters</caption>
 * <tr><th>meter</th><th>what</th></tr>
 * <tr><td>{@code cache.gets}, {@code cache.puts}, {@code cache.evictions}</td>
 *     <td>Micrometer's own names for the counts of every cache; {@code result} is {@code hit} or
 *     {@code miss}</td></tr>
 * <tr><td>{@code semcache.lookup}</td>
 *     <td>timer of the store; {@code tier} is {@code exact} or {@code semantic}</td></tr>
 * <tr><td>{@code semcache.embedding}</td><td>timer of the embedder</td></tr>
 * <tr><td>{@code semcache.model}</td>
 *     <td>timer of the model; {@code finish_reason} as in
 *     {@link io.github.semcache.chat.FinishReason}</td></tr>
 * <tr><td>{@code semcache.distance}</td>
 *     <td>cosine distances, 0 to 2; {@code result} is {@code hit} for those of semantic hits and
 *     {@code near_miss} for those of the nearest entries that were not served</td></tr>
 * <tr><td>{@code semcache.misses}</td><td>count; {@code reason} says why</td></tr>
 * <tr><td>{@code semcache.coalesced}</td><td>misses that waited for another's answer</td></tr>
 * <tr><td>{@code semcache.errors}</td><td>count; {@code part} is what failed</td></tr>
 * <tr><td>{@code semcache.tokens}</td>
 *     <td>{@code type} is {@code input} or {@code output}, {@code state} is {@code spent} or
 *     {@code saved}</td></tr>
 * <tr><td>{@code semcache.cost.saved}</td>
 *     <td>what the saved tokens would have cost, in the currency; only with prices</td></tr>
 * </table>
 *
 * <p>Safe for use by many threads; does not block.
 */
public final class CacheMetrics implements CacheListener {
  private static final double MILLION = 1e6;

  private final MeterRegistry registry;
  private final String name;
  private final Tags tags;
  private final Optional<Prices> prices;

  private CacheMetrics(Builder builder) {
    this.registry = builder.registry;
    this.name = builder.name;
    this.tags = builder.tags.and("cache", builder.name);
    this.prices = builder.prices;
  }

  /**
   * Starts the metrics of a cache.
   *
   * @param registry where the meters are registered
   * @param name the cache's name, the tag {@code cache} of its meters; not blank
   * @return a builder
   * @throws IllegalArgumentException if the name is blank
   */
  public static Builder builder(MeterRegistry registry, String name) {
    return new Builder(registry, name);
  }

  /**
   * Registers Micrometer's meters for caches. They live as long as the cache, which they do not
   * keep from being collected.
   *
   * @param cache the cache
   * @return the same cache
   */
  public SemanticCache bind(SemanticCache cache) {
    new StatsBinder(cache, name, tags).bindTo(registry);
    return cache;
  }

  @Override
  public void onEvent(CacheEvent event) {
    if (event instanceof CacheEvent.Hit hit) {
      onHit(hit);
    } else if (event instanceof CacheEvent.Miss miss) {
      count("semcache.misses", "reason", miss.reason().code());
      miss.nearest().ifPresent(distance -> distance("near_miss", distance));
    } else if (event instanceof CacheEvent.Coalesced) {
      Counter.builder("semcache.coalesced").tags(tags).register(registry).increment();
    } else if (event instanceof CacheEvent.LookedUp lookedUp) {
      time("semcache.lookup", "tier", label(lookedUp.tier()), lookedUp.took());
    } else if (event instanceof CacheEvent.Embedded embedded) {
      Timer.builder("semcache.embedding").tags(tags).register(registry).record(embedded.took());
    } else if (event instanceof CacheEvent.ModelAnswered answered) {
      time("semcache.model", "finish_reason", label(answered.finishReason()), answered.took());
      answered.usage().ifPresent(usage -> tokens("spent", usage));
    } else if (event instanceof CacheEvent.Failed failed) {
      count("semcache.errors", "part", label(failed.part()));
    }
  }

  private void onHit(CacheEvent.Hit hit) {
    if (hit.tier() == CacheEvent.Tier.SEMANTIC) {
      distance("hit", hit.distance());
    }
    hit.saved().ifPresent(usage -> tokens("saved", usage));
    hit.saved().ifPresent(usage -> prices.ifPresent(price -> save(price, usage)));
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void count(String meter, String tag, String value) {
    Counter.builder(meter).tags(tags).tag(tag, value).register(registry).increment();
  }

  private void time(String meter, String tag, String value, Duration took) {
    Timer.builder(meter).tags(tags).tag(tag, value).register(registry).record(took);
  }

  private void distance(String result, double distance) {
    DistributionSummary.builder("semcache.distance")
        .tags(tags)
        .tag("result", result)
        .serviceLevelObjectives(0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1)
        .register(registry)
        .record(distance);
  }

  private void tokens(String state, TokenUsage usage) {
    tokens(state, "input", usage.inputTokens());
    tokens(state, "output", usage.outputTokens());
  }

  private void tokens(String state, String type, long tokens) {
    Counter.builder("semcache.tokens")
        .baseUnit("tokens")
        .tags(tags)
        .tag("state", state)
        .tag("type", type)
        .register(registry)
        .increment((double) tokens);
  }

  private void save(Prices prices, TokenUsage usage) {
    Counter.builder("semcache.cost.saved")
        .tags(tags)
        .baseUnit(prices.currency())
        .register(registry)
        .increment(
            (usage.inputTokens() * prices.input() + usage.outputTokens() * prices.output())
                / MILLION);
  }

  private record Prices(double input, double output, String currency) {}

  /** The options of a {@link CacheMetrics}. Not safe for use by many threads. */
  public static final class Builder {
    private final MeterRegistry registry;
    private final String name;
    private Tags tags = Tags.empty();
    private Optional<Prices> prices = Optional.empty();

    private Builder(MeterRegistry registry, String name) {
      this.registry = requireNonNull(registry, "registry");
      if (requireNonNull(name, "name").isBlank()) {
        throw new IllegalArgumentException("name is blank; it must not be");
      }
      this.name = name;
    }

    /**
     * Adds tags to all meters.
     *
     * @param tags the tags
     * @return this builder
     */
    public Builder tags(Iterable<Tag> tags) {
      this.tags = this.tags.and(tags);
      return this;
    }

    /**
     * Sets what the model's tokens cost, for {@code semcache.cost.saved}.
     *
     * @param inputPerMillion the price of a million tokens of prompts, at least 0
     * @param outputPerMillion the price of a million tokens of answers, at least 0
     * @param currency the unit of both, for example {@code usd}
     * @return this builder
     * @throws IllegalArgumentException if a price is negative or not finite
     */
    public Builder prices(double inputPerMillion, double outputPerMillion, String currency) {
      this.prices =
          Optional.of(
              new Prices(
                  price(inputPerMillion, "inputPerMillion"),
                  price(outputPerMillion, "outputPerMillion"),
                  requireNonNull(currency, "currency")));
      return this;
    }

    private static double price(double price, String option) {
      if (!(price >= 0 && price < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            option + " is " + price + "; it must be finite and at least 0");
      }
      return price;
    }

    /**
     * Makes the metrics.
     *
     * @return a listener to build the cache with
     */
    public CacheMetrics build() {
      return new CacheMetrics(this);
    }
  }
}
