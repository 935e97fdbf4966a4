package io.github.semcache.spring;

import io.github.semcache.embedding.EmbeddingCache;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.NearCache;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens the Redis store. A class of its own, because it requires Jedis. */
final class RedisStores {

  private static final String NEAR_CACHE = "semcache.redis.near-cache.";

  private RedisStores() {}

  static VectorStore open(
      SemanticCacheProperties properties, RedisAddressSource application, EmbeddingSpace space) {
    RedisConnection connection;
    try {
      connection = connection(properties.redis(), application);
    } catch (IllegalStateException e) {
      throw new InvalidConfigurationException(
          "The Redis store cannot be used: " + e.getMessage(),
          "Set the Maven property jedis.version (or the Gradle property ext['jedis.version']) to a"
              + " supported version.",
          e);
    }
    return build(
        options(
            RedisVectorStore.builder(tuned(connection, properties.redis()), space), properties));
  }

  private static VectorStore build(RedisVectorStore.Builder builder) {
    try {
      return builder.build();
    } catch (StoreException e) {
      throw new InvalidConfigurationException(
          "The Redis store cannot be opened: " + e.getMessage(),
          "Correct the server or the properties semcache.redis.* as described in the message.",
          e);
    }
  }

  /** Returns the tier of embeddings in the server of a store; empty for other stores. */
  static Optional<EmbeddingCache.Shared> embeddings(VectorStore store) {
    // Loading the class of the Redis store requires Jedis.
    return store.getClass().getPackageName().equals("io.github.semcache.redis")
        ? Optional.of(((RedisVectorStore) store).embeddings())
        : Optional.empty();
  }

  private static RedisVectorStore.Builder options(
      RedisVectorStore.Builder builder, SemanticCacheProperties properties) {
    SemanticCacheProperties.Redis redis = properties.redis();
    SemanticCacheProperties.Redis.Index index = redis.index();
    return PropertyOptions.of("semcache.", builder)
        .set("cache-name", properties.cacheName(), RedisVectorStore.Builder::cacheName)
        .set("redis.max-entries", redis.maxEntries(), RedisVectorStore.Builder::maxEntries)
        .set("redis.vector-type", redis.vectorType(), RedisStores::vectorType)
        .set("redis.index", vectorIndex(index), RedisVectorStore.Builder::vectorIndex)
        .enable("redis.index.assumed", index.assumed(), RedisVectorStore.Builder::assumeIndex)
        .enable("redis.index.text-fields", index.textFields(), RedisVectorStore.Builder::textFields)
        .set("redis.near-cache", nearCache(redis.nearCache()), RedisStores::withNearCache)
        .builder();
  }

  private static RedisVectorStore.Builder vectorType(
      RedisVectorStore.Builder builder, SemanticCacheProperties.VectorType type) {
    return builder.vectorType(
        switch (type) {
          case FLOAT32 -> RedisVectorStore.VectorType.FLOAT32;
          case FLOAT16 -> RedisVectorStore.VectorType.FLOAT16;
        });
  }

  private static VectorIndex vectorIndex(SemanticCacheProperties.Redis.Index index) {
    if (index.type() == SemanticCacheProperties.IndexType.FLAT) {
      if (index.m() != null || index.efConstruction() != null || index.efRuntime() != null) {
        throw new InvalidConfigurationException(
            "semcache.redis.index.type is flat, and m, ef-construction, or ef-runtime is set",
            "Remove these properties: they apply to the type hnsw only.");
      }
      return VectorIndex.flat();
    }
    return PropertyOptions.of("semcache.redis.index.", VectorIndex.hnsw())
        .set("m", index.m(), VectorIndex.Hnsw::m)
        .set("ef-construction", index.efConstruction(), VectorIndex.Hnsw::efConstruction)
        .set("ef-runtime", index.efRuntime(), VectorIndex.Hnsw::efRuntime)
        .builder();
  }

  private static RedisVectorStore.Builder withNearCache(
      RedisVectorStore.Builder builder, NearCache nearCache) {
    try {
      return builder.nearCache(nearCache);
    } catch (IllegalStateException e) {
      throw new InvalidConfigurationException(
          "semcache.redis.near-cache requires Caffeine, which is not on the class path",
          "Add com.github.ben-manes.caffeine:caffeine.",
          e);
    }
  }

  private static @Nullable NearCache nearCache(SemanticCacheProperties.Redis.NearCache options) {
    @Nullable Integer maxEntries = options.maxEntries();
    if (maxEntries == null) {
      if (options.maxSize() != null || options.maxStaleness() != null || !options.tracking()) {
        throw new InvalidConfigurationException(
            "Options of semcache.redis.near-cache are set, but max-entries is not",
            "Set semcache.redis.near-cache.max-entries, which enables the near cache.");
      }
      return null;
    }
    return PropertyOptions.of(
            NEAR_CACHE,
            PropertyOptions.checked(NEAR_CACHE + "max-entries", () -> NearCache.of(maxEntries)))
        .set("max-size", options.maxSize(), (near, size) -> near.maxBytes(size.toBytes()))
        .set("max-staleness", options.maxStaleness(), NearCache::maxStaleness)
        .enable("tracking", !options.tracking(), NearCache::withoutTracking)
        .builder();
  }

  private static RedisConnection connection(
      SemanticCacheProperties.Redis options, RedisAddressSource application) {
    @Nullable String uri = options.uri();
    if (uri != null) {
      RedisConnection connection =
          PropertyOptions.checked("semcache.redis.uri", () -> RedisConnection.of(uri));
      return options.clusterNodes().isEmpty()
          ? connection
          : PropertyOptions.checked(
              "semcache.redis.cluster-nodes",
              () -> connection.cluster(options.clusterNodes().toArray(String[]::new)));
    }
    if (!options.clusterNodes().isEmpty()) {
      throw new InvalidConfigurationException(
          "semcache.redis.cluster-nodes is set, but semcache.redis.uri is not",
          "Set semcache.redis.uri to one node of the cluster.");
    }
    RedisAddress address = application.address();
    RedisConnection connection =
        PropertyOptions.checked("spring.data.redis", () -> connection(address));
    return address.sslSocketFactory().map(connection::sslSocketFactory).orElse(connection);
  }

  private static RedisConnection connection(RedisAddress address) {
    RedisConnection connection = RedisConnection.of(address.uri());
    return address.cluster()
        ? connection.cluster(address.otherNodes().toArray(String[]::new))
        : connection;
  }

  private static RedisConnection tuned(
      RedisConnection connection, SemanticCacheProperties.Redis options) {
    return PropertyOptions.of("semcache.redis.", connection)
        .set("connect-timeout", options.connectTimeout(), RedisConnection::connectTimeout)
        .set("socket-timeout", options.socketTimeout(), RedisConnection::socketTimeout)
        .set("max-wait", options.maxWait(), RedisConnection::maxWait)
        .set("max-connections", options.maxConnections(), RedisConnection::maxConnections)
        .builder();
  }
}
