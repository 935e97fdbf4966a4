package io.github.semcache.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties of the auto-configured cache. An option that is null has the default of the
 * builder that it is passed to. The file {@code META-INF/spring-configuration-metadata.json}
 * describes each property.
 */
@ConfigurationProperties("semcache")
record SemanticCacheProperties(
    @DefaultValue("sem_cache") String cacheName,
    @Nullable StoreType store,
    boolean failIfStoreUnreachable,
    @DefaultValue Redis redis,
    @DefaultValue Lucene lucene,
    @DefaultValue Memory memory,
    boolean exactOnly,
    @DefaultValue("auto") EmbedderType embedder,
    @DefaultValue Embedding embedding,
    @DefaultValue("distance") Policy policy,
    @Nullable Double maxDistance,
    @Nullable Double relativeDistance,
    @Nullable Double targetErrorRate,
    @DefaultValue("true") boolean guards,
    @Nullable Verifier verifier,
    @Nullable Integer candidates,
    @DefaultValue("english") Cacheability cacheability,
    @DefaultValue("nfc") Normalization normalizer,
    @Nullable Integer confirmations,
    @Nullable Duration timeToLive,
    @Nullable Double timeToLiveJitter,
    boolean noExpiry,
    boolean renewTimeToLiveOnHit,
    @Nullable Duration staleWhileRevalidate,
    @Nullable Duration deadline,
    @Nullable Duration storeTimeout,
    @DefaultValue Coalescing coalescing,
    boolean hedging,
    boolean automaticBypass,
    boolean shadowMode,
    @DefaultValue Judge judge,
    boolean failOnCacheErrors,
    @DefaultValue CircuitBreaker circuitBreaker,
    @Nullable Duration sharedSettings,
    @Nullable String usageByTag,
    @DefaultValue Prices prices,
    @DefaultValue Advisor advisor) {

  /** Where answers are stored. */
  enum StoreType {
    MEMORY,
    LUCENE,
    REDIS
  }

  /** The source of the embedder. */
  enum EmbedderType {
    AUTO,
    SPRING_AI,
    LANGCHAIN4J,
    LOCAL
  }

  /** The hit policy. */
  enum Policy {
    DISTANCE,
    SAME_WORDS,
    NEVER
  }

  /** The second stage of a hit decision. */
  enum Verifier {
    LOCAL,
    NONE
  }

  /** Which prompts may be cached. */
  enum Cacheability {
    ENGLISH,
    NONE
  }

  /** What is done with texts before they are compared and embedded. */
  enum Normalization {
    NFC,
    COLLAPSE_WHITESPACE,
    NONE
  }

  /** The type of the stored components of vectors in Redis. */
  enum VectorType {
    FLOAT32,
    FLOAT16
  }

  /** The search algorithm of the index in Redis. */
  enum IndexType {
    HNSW,
    FLAT
  }

  record Redis(
      @Nullable String uri,
      @DefaultValue List<String> clusterNodes,
      @Nullable Duration connectTimeout,
      @Nullable Duration socketTimeout,
      @Nullable Duration maxWait,
      @Nullable Integer maxConnections,
      @Nullable Long maxEntries,
      @Nullable VectorType vectorType,
      @DefaultValue Index index,
      @DefaultValue NearCache nearCache) {

    /** An empty URI is one that is not set. */
    Redis {
      uri = uri == null || uri.isBlank() ? null : uri;
    }

    record Index(
        @DefaultValue("hnsw") IndexType type,
        @Nullable Integer m,
        @Nullable Integer efConstruction,
        @Nullable Integer efRuntime,
        boolean assumed,
        boolean textFields) {}

    record NearCache(
        @Nullable Integer maxEntries,
        @Nullable DataSize maxSize,
        @Nullable Duration maxStaleness,
        @DefaultValue("true") boolean tracking) {}
  }

  record Lucene(
      @Nullable Path directory,
      @Nullable Integer maxEntries,
      @Nullable Integer efSearch,
      @Nullable Duration syncInterval) {}

  record Memory(@Nullable Integer maxEntries, @Nullable DataSize maxSize) {}

  record Embedding(
      @Nullable String modelId, @Nullable Integer dimension, @DefaultValue Cache cache) {

    record Cache(
        boolean enabled,
        @Nullable Integer maxEntries,
        @Nullable Duration timeToLive,
        boolean shared) {}
  }

  record Coalescing(
      @Nullable Duration maxWait, @Nullable Duration acrossInstances, boolean similarPrompts) {}

  record Judge(@Nullable Duration timeLimit, @Nullable Integer queue) {}

  record Prices(
      @Nullable String currency,
      @Nullable Double embeddings,
      @DefaultValue Map<String, Model> models) {

    record Model(@Nullable Double input, @Nullable Double output) {}
  }

  record CircuitBreaker(@DefaultValue("5") int failures, @DefaultValue("1s") Duration pause) {}

  record Advisor(@Nullable Integer order, boolean quiet) {}

  /**
   * Returns the type of the store: the configured one, else the one that has a location.
   *
   * @throws InvalidConfigurationException if more than one store has a location
   */
  StoreType storeType() {
    if (store != null) {
      return store;
    }
    if (redis.uri() != null && lucene.directory() != null) {
      throw new InvalidConfigurationException(
          "semcache.redis.uri and semcache.lucene.directory are both set, but semcache.store is not",
          "Set semcache.store to redis or to lucene.");
    }
    if (redis.uri() != null) {
      return StoreType.REDIS;
    }
    return lucene.directory() != null ? StoreType.LUCENE : StoreType.MEMORY;
  }
}
