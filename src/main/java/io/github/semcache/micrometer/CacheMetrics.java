package io.github.semcache.micrometer;

import static java.util.Objects.requireNonNull;

import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.stats.ModelPrices;
import io.github.semcache.verify.Verification;
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
 * Publishes the events and statistics of a cache as Micrometer meters. Register it as the listener
 * of the cache, and bind the built cache:
 *
 * <pre>{@code
 * CacheMetrics metrics = CacheMetrics.builder(registry, "answers").prices(prices).build();
 * SemanticCache cache = metrics.bind(SemanticCache.builder().listener(metrics). ... .build());
 * }</pre>
 *
 * <p>All meters have the tag {@code cache} with the name of the cache, and the {@linkplain
 * Builder#tags additional tags}.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>meter</th><th>type, unit</th><th>what is measured</th><th>tags</th></tr>
 * <tr><td>{@code cache.gets}</td><td>function counter, requests</td>
 *     <td>requests that ended as a hit or a miss</td>
 *     <td>{@code result}: {@code hit}, {@code miss}</td></tr>
 * <tr><td>{@code cache.puts}</td><td>function counter, entries</td><td>written entries</td>
 *     <td></td></tr>
 * <tr><td>{@code cache.evictions}</td><td>function counter, entries</td>
 *     <td>evicted entries, if the store reports them</td><td></td></tr>
 * <tr><td>{@code semcache.lookup}</td><td>timer</td>
 *     <td>lookups by key and nearest-neighbor searches of the store that succeeded</td>
 *     <td>{@code tier}: {@code exact}, {@code semantic}</td></tr>
 * <tr><td>{@code semcache.embedding}</td><td>timer</td>
 *     <td>calls to the embedder that succeeded</td><td></td></tr>
 * <tr><td>{@code semcache.verification}</td><td>timer</td>
 *     <td>decisions of the verifier on candidates</td>
 *     <td>{@code outcome}: {@code accept}, {@code reject}, {@code unsure}</td></tr>
 * <tr><td>{@code semcache.verification.tokens}</td><td>counter, tokens</td>
 *     <td>tokens of the verifier's calls of a chat model, where known</td>
 *     <td>{@code type}: {@code input}, {@code output}</td></tr>
 * <tr><td>{@code semcache.model}</td><td>timer</td><td>calls to the model that succeeded</td>
 *     <td>{@code finish_reason}: a {@link io.github.semcache.chat.ChatReply.FinishReason} in lower
 *     case</td></tr>
 * <tr><td>{@code semcache.distance}</td><td>distribution summary, cosine distance in [0, 2]</td>
 *     <td>the distances of semantic hits, and of the nearest entries on misses; with histogram
 *     buckets from 0.02 to 1</td>
 *     <td>{@code result}: {@code hit}, {@code near_miss}</td></tr>
 * <tr><td>{@code semcache.misses}</td><td>counter, requests</td><td>misses</td>
 *     <td>{@code reason}: the code of the {@link io.github.semcache.policy.MissReason}</td></tr>
 * <tr><td>{@code semcache.coalesced}</td><td>counter, requests</td>
 *     <td>misses that waited for the answer of a concurrent request</td><td></td></tr>
 * <tr><td>{@code semcache.freshness}</td><td>counter, events</td>
 *     <td>hits and refreshes of answers whose soft time to live has expired, and answers that were
 *     not stored because there is a newer one</td>
 *     <td>{@code event}: {@code stale_hit}, {@code refresh}, {@code refresh_dropped}, {@code
 *     superseded}</td></tr>
 * <tr><td>{@code semcache.errors}</td><td>counter, failures</td><td>failures of the parts</td>
 *     <td>{@code part}: a {@link CacheEvent.Part} in lower case, for example {@code store}, {@code
 *     embedder}, {@code model}, or {@code adapter} for requests and responses that a wrapped client
 *     could not process for the cache</td></tr>
 * <tr><td>{@code semcache.tokens}</td><td>counter, tokens</td>
 *     <td>tokens of model calls, and tokens that hits saved; where known</td>
 *     <td>{@code type}: {@code input}, {@code output}; {@code state}: {@code spent}, {@code
 *     saved}</td></tr>
 * <tr><td>{@code semcache.cost}</td><td>counter, the currency of the prices</td>
 *     <td>the cost of model calls that were made or replaced; only if {@linkplain
 *     Builder#prices prices} of the model are set</td>
 *     <td>{@code model}; {@code state}: {@code spent}, {@code saved}</td></tr>
 * <tr><td>{@code semcache.time.saved}</td><td>timer</td>
 *     <td>durations of the model calls that hits replaced, where known</td><td></td></tr>
 * </table>
 *
 * <p>The meters {@code cache.*} are the standard cache meters of Micrometer; {@link #bind}
 * registers them. Thread-safe; does not block.
 */
public final class CacheMetrics implements CacheListener {
  private final MeterRegistry registry;
  private final String name;
  private final Tags tags;
  private final Optional<ModelPrices> prices;

  private CacheMetrics(Builder builder) {
    this.registry = builder.registry;
    this.name = builder.name;
    this.tags = builder.tags.and("cache", builder.name);
    this.prices = builder.prices;
  }

  /**
   * Returns a builder for the metrics of one cache.
   *
   * @param registry the registry of the meters
   * @param name the name of the cache, used as the tag {@code cache}; not blank
   * @return a builder
   * @throws IllegalArgumentException if the name is blank
   */
  public static Builder builder(MeterRegistry registry, String name) {
    return new Builder(registry, name);
  }

  /**
   * Registers the meters {@code cache.gets}, {@code cache.puts}, and {@code cache.evictions}. They
   * reference the cache weakly, so the registry does not prevent its garbage collection.
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
      miss.nearest().ifPresent(distance -> recordDistance("near_miss", distance));
    } else if (event instanceof CacheEvent.Coalesced) {
      Counter.builder("semcache.coalesced").tags(tags).register(registry).increment();
    } else if (event instanceof CacheEvent.LookedUp lookedUp) {
      recordTime("semcache.lookup", "tier", label(lookedUp.tier()), lookedUp.took());
    } else if (event instanceof CacheEvent.Embedded embedded) {
      Timer.builder("semcache.embedding").tags(tags).register(registry).record(embedded.took());
    } else if (event instanceof CacheEvent.Verified verified) {
      onVerified(verified);
    } else if (event instanceof CacheEvent.ModelAnswered answered) {
      recordTime(
          "semcache.model", "finish_reason", label(answered.finishReason()), answered.took());
      answered.usage().ifPresent(usage -> countTokens("spent", usage));
    } else if (event instanceof CacheEvent.ModelUsed used) {
      onModelUsed(used);
    } else if (event instanceof CacheEvent.Failed failed) {
      count("semcache.errors", "part", label(failed.part()));
    } else {
      freshness(event).ifPresent(label -> count("semcache.freshness", "event", label));
    }
  }

  private static Optional<String> freshness(CacheEvent event) {
    if (event instanceof CacheEvent.StaleHit) {
      return Optional.of("stale_hit");
    } else if (event instanceof CacheEvent.RefreshStarted) {
      return Optional.of("refresh");
    } else if (event instanceof CacheEvent.RefreshDropped) {
      return Optional.of("refresh_dropped");
    }
    return event instanceof CacheEvent.Superseded ? Optional.of("superseded") : Optional.empty();
  }

  private void onHit(CacheEvent.Hit hit) {
    if (hit.tier() == CacheEvent.Tier.SEMANTIC) {
      recordDistance("hit", hit.distance());
    }
    hit.saved().ifPresent(usage -> countTokens("saved", usage));
  }

  private void onModelUsed(CacheEvent.ModelUsed event) {
    if (event.saved()) {
      event
          .took()
          .ifPresent(
              took ->
                  Timer.builder("semcache.time.saved").tags(tags).register(registry).record(took));
    }
    if (prices.isPresent() && event.model().isPresent() && event.tokens().isPresent()) {
      String model = event.model().get();
      prices
          .get()
          .costOf(model, event.tokens().get())
          .ifPresent(cost -> countCost(model, event.saved() ? "saved" : "spent", cost));
    }
  }

  private void countCost(String model, String state, double cost) {
    Counter.builder("semcache.cost")
        .baseUnit(prices.map(ModelPrices::currency).orElse(""))
        .tags(tags)
        .tag("model", model)
        .tag("state", state)
        .register(registry)
        .increment(cost);
  }

  private void onVerified(CacheEvent.Verified event) {
    Verification verification = event.verification();
    recordTime("semcache.verification", "outcome", label(verification.outcome()), event.took());
    Verification.Cost cost = verification.cost();
    if (cost.modelCalls() > 0) {
      countVerificationTokens("input", cost.inputTokens());
      countVerificationTokens("output", cost.outputTokens());
    }
  }

  private void countVerificationTokens(String type, long tokens) {
    Counter.builder("semcache.verification.tokens")
        .baseUnit("tokens")
        .tags(tags)
        .tag("type", type)
        .register(registry)
        .increment((double) tokens);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void count(String meter, String tag, String value) {
    Counter.builder(meter).tags(tags).tag(tag, value).register(registry).increment();
  }

  private void recordTime(String meter, String tag, String value, Duration took) {
    Timer.builder(meter).tags(tags).tag(tag, value).register(registry).record(took);
  }

  private void recordDistance(String result, double distance) {
    DistributionSummary.builder("semcache.distance")
        .tags(tags)
        .tag("result", result)
        .serviceLevelObjectives(0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1)
        .register(registry)
        .record(distance);
  }

  private void countTokens(String state, TokenUsage usage) {
    countTokens(state, "input", usage.inputTokens());
    countTokens(state, "output", usage.outputTokens());
  }

  private void countTokens(String state, String type, long tokens) {
    Counter.builder("semcache.tokens")
        .baseUnit("tokens")
        .tags(tags)
        .tag("state", state)
        .tag("type", type)
        .register(registry)
        .increment((double) tokens);
  }

  /** Builds a {@link CacheMetrics}. Not thread-safe. */
  public static final class Builder {
    private final MeterRegistry registry;
    private final String name;
    private Tags tags = Tags.empty();
    private Optional<ModelPrices> prices = Optional.empty();

    private Builder(MeterRegistry registry, String name) {
      this.registry = requireNonNull(registry, "registry");
      if (requireNonNull(name, "name").isBlank()) {
        throw new IllegalArgumentException("name is blank; it must not be blank");
      }
      this.name = name;
    }

    /**
     * Adds tags to all meters.
     *
     * @param tags the tags, in addition to {@code cache} and to tags added before
     * @return this builder
     */
    public Builder tags(Iterable<Tag> tags) {
      this.tags = this.tags.and(tags);
      return this;
    }

    /**
     * Sets the prices of the models. Enables the meter {@code semcache.cost}. Models without a
     * price are not counted, so the number of models is bounded by that of the prices and of their
     * dated versions.
     *
     * @param prices the prices
     * @return this builder
     */
    public Builder prices(ModelPrices prices) {
      this.prices = Optional.of(requireNonNull(prices, "prices"));
      return this;
    }

    /**
     * Builds the metrics.
     *
     * @return a listener for {@link io.github.semcache.SemanticCacheBuilder#listener}
     */
    public CacheMetrics build() {
      return new CacheMetrics(this);
    }
  }
}
