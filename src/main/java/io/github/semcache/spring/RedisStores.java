package io.github.semcache.spring;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens the Redis store. A class of its own, because it requires Jedis. */
final class RedisStores {

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
    return RedisVectorStore.builder(tuned(connection, properties.redis()), space)
        .cacheName(properties.cacheName())
        .build();
  }

  private static RedisConnection connection(
      SemanticCacheProperties.Redis options, RedisAddressSource application) {
    @Nullable String uri = options.uri();
    if (uri != null) {
      RedisConnection connection = RedisConnection.of(uri);
      return options.clusterNodes().isEmpty()
          ? connection
          : connection.cluster(options.clusterNodes().toArray(String[]::new));
    }
    if (!options.clusterNodes().isEmpty()) {
      throw new InvalidConfigurationException(
          "semcache.redis.cluster-nodes is set, but semcache.redis.uri is not",
          "Set semcache.redis.uri to one node of the cluster.");
    }
    RedisAddress address = application.address();
    RedisConnection connection = RedisConnection.of(address.uri());
    if (address.cluster()) {
      connection = connection.cluster(address.otherNodes().toArray(String[]::new));
    }
    return address.sslSocketFactory().map(connection::sslSocketFactory).orElse(connection);
  }

  private static RedisConnection tuned(
      RedisConnection connection, SemanticCacheProperties.Redis options) {
    RedisConnection tuned = connection;
    tuned = Optional.ofNullable(options.connectTimeout()).map(tuned::connectTimeout).orElse(tuned);
    tuned = Optional.ofNullable(options.socketTimeout()).map(tuned::socketTimeout).orElse(tuned);
    tuned = Optional.ofNullable(options.maxWait()).map(tuned::maxWait).orElse(tuned);
    return Optional.ofNullable(options.maxConnections()).map(tuned::maxConnections).orElse(tuned);
  }
}
