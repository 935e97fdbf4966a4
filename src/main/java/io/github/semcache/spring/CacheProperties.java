package io.github.semcache.spring;

import static java.util.Objects.requireNonNull;

import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingCache;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.stats.ModelPrices;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sets the options of a cache from its properties. */
final class CacheProperties {
  private static final String PRICES = "semcache.prices.";

  private CacheProperties() {}

  /** Sets all options except those of the policy, which beans may replace. */
  static SemanticCacheBuilder apply(
      SemanticCacheProperties properties, SemanticCacheBuilder builder) {
    PropertyOptions<SemanticCacheBuilder> options = PropertyOptions.of("semcache.", builder);
    setLifetimes(options, properties);
    setCalls(options, properties);
    SemanticCacheProperties.Judge judge = properties.judge();
    return options
        .enable("exact-only", properties.exactOnly(), SemanticCacheBuilder::exactOnly)
        .set("verifier", properties.verifier(), CacheProperties::verifier)
        .set("candidates", properties.candidates(), SemanticCacheBuilder::candidates)
        .set("cacheability", properties.cacheability(), CacheProperties::cacheability)
        .set("normalizer", properties.normalizer(), CacheProperties::normalizer)
        .set("confirmations", properties.confirmations(), SemanticCacheBuilder::confirmations)
        .set("judge.time-limit", judge.timeLimit(), SemanticCacheBuilder::judgeTimeLimit)
        .set("judge.queue", judge.queue(), SemanticCacheBuilder::judgeQueue)
        .set("shared-settings", properties.sharedSettings(), SemanticCacheBuilder::sharedSettings)
        .set("usage-by-tag", properties.usageByTag(), SemanticCacheBuilder::usageByTag)
        .enable(
            "fail-if-store-unreachable",
            properties.failIfStoreUnreachable(),
            SemanticCacheBuilder::failIfStoreUnreachable)
        .builder();
  }

  private static void setLifetimes(
      PropertyOptions<SemanticCacheBuilder> options, SemanticCacheProperties properties) {
    options
        .set("time-to-live", properties.timeToLive(), SemanticCacheBuilder::timeToLive)
        .set(
            "time-to-live-jitter",
            properties.timeToLiveJitter(),
            SemanticCacheBuilder::timeToLiveJitter)
        .enable("no-expiry", properties.noExpiry(), SemanticCacheBuilder::noExpiry)
        .enable(
            "renew-time-to-live-on-hit",
            properties.renewTimeToLiveOnHit(),
            SemanticCacheBuilder::renewTimeToLiveOnHit)
        .set(
            "stale-while-revalidate",
            properties.staleWhileRevalidate(),
            SemanticCacheBuilder::staleWhileRevalidate);
  }

  private static void setCalls(
      PropertyOptions<SemanticCacheBuilder> options, SemanticCacheProperties properties) {
    SemanticCacheProperties.Coalescing coalescing = properties.coalescing();
    options
        .set("deadline", properties.deadline(), SemanticCacheBuilder::deadline)
        .set("store-timeout", properties.storeTimeout(), SemanticCacheBuilder::storeTimeout)
        .set("coalescing.max-wait", coalescing.maxWait(), SemanticCacheBuilder::maxWait)
        .set(
            "coalescing.across-instances",
            coalescing.acrossInstances(),
            SemanticCacheBuilder::singleFlightAcrossInstances)
        .enable(
            "coalescing.similar-prompts",
            coalescing.similarPrompts(),
            SemanticCacheBuilder::coalesceSimilarPrompts)
        .enable("hedging", properties.hedging(), SemanticCacheBuilder::hedging)
        .enable(
            "automatic-bypass", properties.automaticBypass(), SemanticCacheBuilder::automaticBypass)
        .enable("shadow-mode", properties.shadowMode(), SemanticCacheBuilder::shadowMode)
        .enable(
            "fail-on-cache-errors",
            properties.failOnCacheErrors(),
            SemanticCacheBuilder::failOnCacheErrors)
        .set("circuit-breaker", properties.circuitBreaker(), CacheProperties::circuitBreaker);
  }

  private static SemanticCacheBuilder circuitBreaker(
      SemanticCacheBuilder builder, SemanticCacheProperties.CircuitBreaker options) {
    return builder.circuitBreaker(options.failures(), options.pause());
  }

  private static SemanticCacheBuilder verifier(
      SemanticCacheBuilder builder, SemanticCacheProperties.Verifier type) {
    return builder.verifier(
        switch (type) {
          case LOCAL -> PairVerifier.local();
          case NONE -> PairVerifier.none();
        });
  }

  private static SemanticCacheBuilder cacheability(
      SemanticCacheBuilder builder, SemanticCacheProperties.Cacheability type) {
    return builder.cacheability(
        switch (type) {
          case ENGLISH -> CacheabilityPolicy.english();
          case NONE -> CacheabilityPolicy.none();
        });
  }

  private static SemanticCacheBuilder normalizer(
      SemanticCacheBuilder builder, SemanticCacheProperties.Normalization type) {
    return builder.normalizer(
        switch (type) {
          case NFC -> Normalizer.nfc();
          case COLLAPSE_WHITESPACE -> Normalizer.collapseWhitespace();
          case NONE -> Normalizer.none();
        });
  }

  /**
   * Sets the policy.
   *
   * @param hitPolicy the bean that replaces the policy of the properties; null if there is none
   * @param guards the bean that replaces the default guards; null if there is none
   * @throws InvalidConfigurationException if properties contradict each other
   */
  static void applyPolicy(
      SemanticCacheProperties properties,
      SemanticCacheBuilder builder,
      @Nullable HitPolicy hitPolicy,
      @Nullable Guards guards) {
    if (hitPolicy != null) {
      builder.hitPolicy(hitPolicy);
      return;
    }
    if (properties.targetErrorRate() != null
        && properties.policy() != SemanticCacheProperties.Policy.DISTANCE) {
      throw new InvalidConfigurationException(
          "semcache.target-error-rate and semcache.policy are both set",
          "Remove semcache.policy: the target error rate decides.");
    }
    PropertyOptions<SemanticCacheBuilder> options =
        PropertyOptions.of("semcache.", builder)
            .set(
                "target-error-rate",
                properties.targetErrorRate(),
                SemanticCacheBuilder::targetErrorRate);
    switch (properties.policy()) {
      case DISTANCE ->
          options
              .set("max-distance", properties.maxDistance(), SemanticCacheBuilder::maxDistance)
              .set(
                  "relative-distance",
                  properties.relativeDistance(),
                  SemanticCacheBuilder::relativeDistance)
              .set(
                  "guards",
                  properties.guards() ? guards : Guards.none(),
                  SemanticCacheBuilder::guards);
      case SAME_WORDS -> builder.hitPolicy(HitPolicy.sameWords());
      case NEVER -> builder.hitPolicy(HitPolicy.never());
    }
  }

  /**
   * Returns the embedder of the cache: the given one, or a cache of its embeddings.
   *
   * @param store the store, whose server may have a shared tier of embeddings
   * @throws InvalidConfigurationException if the options of the cache of embeddings are invalid
   */
  static Embedder embedder(
      SemanticCacheProperties properties, Embedder embedder, VectorStore store) {
    SemanticCacheProperties.Embedding.Cache cache = properties.embedding().cache();
    if (!cache.enabled()) {
      if (cache.shared() || cache.maxEntries() != null || cache.timeToLive() != null) {
        throw new InvalidConfigurationException(
            "Options of semcache.embedding.cache are set, but enabled is not",
            "Set semcache.embedding.cache.enabled to true.");
      }
      return embedder;
    }
    return PropertyOptions.of("semcache.embedding.cache.", EmbeddingCache.builder(embedder))
        .set("max-entries", cache.maxEntries(), EmbeddingCache.Builder::maxEntries)
        .set("time-to-live", cache.timeToLive(), EmbeddingCache.Builder::timeToLive)
        .enable("shared", cache.shared(), builder -> builder.shared(sharedTier(store)))
        .builder()
        .build();
  }

  private static EmbeddingCache.Shared sharedTier(VectorStore store) {
    return RedisStores.embeddings(store)
        .orElseThrow(
            () ->
                new InvalidConfigurationException(
                    "semcache.embedding.cache.shared is true, but the store is not a Redis store"
                        + " without encryption",
                    "Remove semcache.embedding.cache.shared. The shared embeddings have names from"
                        + " which texts can be guessed, so they are not available with"
                        + " encryption."));
  }

  /**
   * Checks that prices have a currency.
   *
   * @throws InvalidConfigurationException if they have none
   */
  static void checkCurrency(SemanticCacheProperties.Prices prices) {
    if (prices.currency() == null && (!prices.models().isEmpty() || prices.embeddings() != null)) {
      throw new InvalidConfigurationException(
          "semcache.prices contains prices, but no currency",
          "Set semcache.prices.currency, for example to USD.");
    }
  }

  /**
   * Returns the prices.
   *
   * @param prices the properties, with a currency
   * @throws InvalidConfigurationException if a price is missing or invalid
   */
  static ModelPrices prices(SemanticCacheProperties.Prices prices) {
    String currency = requireNonNull(prices.currency(), "currency");
    PropertyOptions<ModelPrices> table =
        PropertyOptions.of(
            PRICES, PropertyOptions.checked(PRICES + "currency", () -> ModelPrices.in(currency)));
    table.set("embeddings", prices.embeddings(), ModelPrices::embeddings);
    for (Map.Entry<String, SemanticCacheProperties.Prices.Model> model :
        prices.models().entrySet()) {
      table.set(
          "models." + model.getKey(),
          model.getValue(),
          (known, price) -> withModel(known, model.getKey(), price));
    }
    return table.builder();
  }

  private static ModelPrices withModel(
      ModelPrices known, String model, SemanticCacheProperties.Prices.Model price) {
    @Nullable Double input = price.input();
    @Nullable Double output = price.output();
    if (input == null || output == null) {
      throw new IllegalArgumentException("input or output is missing; both must be set");
    }
    return known.model(model, input, output);
  }
}
