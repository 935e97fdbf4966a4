package io.github.semcache.redis;

import java.time.Duration;
import java.util.Set;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.providers.PooledConnectionProvider;

/** Creates clients with the builders of Jedis 7.2 and later; see {@link JedisClients}. */
final class BuiltClients {

  private BuiltClients() {}

  static UnifiedJedis single(
      HostAndPort server, JedisClientConfig config, PooledConnectionProvider provider) {
    return RedisClient.builder()
        .hostAndPort(server)
        .clientConfig(config)
        .connectionProvider(provider)
        .build();
  }

  static UnifiedJedis cluster(
      Set<HostAndPort> nodes,
      ClusterConnectionProvider provider,
      JedisClientConfig config,
      Duration maxTotalDuration) {
    return RedisClusterClient.builder()
        .nodes(nodes)
        .clientConfig(config)
        .connectionProvider(provider)
        .maxTotalRetriesDuration(maxTotalDuration)
        .build();
  }
}
