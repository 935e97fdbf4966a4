package io.github.semcache.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of the auto-configured cache. An option that is null has the default of the
 * builder that it is passed to. The file {@code META-INF/spring-configuration-metadata.json}
 * describes each property.
 */
@ConfigurationProperties("semcache")
record SemanticCacheProperties(
    @DefaultValue("sem_cache") String cacheName,
    @Nullable StoreType store,
    @DefaultValue Redis redis,
    @DefaultValue Lucene lucene,
    @DefaultValue Memory memory,
    @DefaultValue("auto") EmbedderType embedder,
    @DefaultValue Embedding embedding,
    @DefaultValue("distance") Policy policy,
    @Nullable Double maxDistance,
    @Nullable Double relativeDistance,
    @Nullable Double targetErrorRate,
    @DefaultValue("true") boolean guards,
    @Nullable Verifier verifier,
    @Nullable Integer candidates,
    @Nullable Duration timeToLive,
    @Nullable Double timeToLiveJitter,
    boolean noExpiry,
    @Nullable Duration deadline,
    @Nullable Duration storeTimeout,
    boolean shadowMode,
    boolean failOnCacheErrors,
    @DefaultValue CircuitBreaker circuitBreaker,
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

  record Redis(
      @Nullable String uri,
      @DefaultValue List<String> clusterNodes,
      @Nullable Duration connectTimeout,
      @Nullable Duration socketTimeout,
      @Nullable Duration maxWait,
      @Nullable Integer maxConnections) {

    /** An empty URI is one that is not set. */
    Redis {
      uri = uri == null || uri.isBlank() ? null : uri;
    }
  }

  record Lucene(@Nullable Path directory, @Nullable Integer maxEntries) {}

  record Memory(@Nullable Integer maxEntries) {}

  record Embedding(@Nullable String modelId, @Nullable Integer dimension) {}

  record CircuitBreaker(@DefaultValue("5") int failures, @DefaultValue("1s") Duration pause) {}

  record Advisor(@Nullable Integer order) {}

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
