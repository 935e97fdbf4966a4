package io.github.semcache.spring;

/** Returns the Redis server of the application, if {@code semcache.redis.uri} is not set. */
@FunctionalInterface
interface RedisAddressSource {

  /**
   * Returns the server.
   *
   * @throws InvalidConfigurationException if the connection is of a kind that is not supported
   */
  RedisAddress address();
}
