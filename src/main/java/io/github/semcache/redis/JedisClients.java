package io.github.semcache.redis;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.providers.PooledConnectionProvider;

/**
 * Creates clients with the Jedis version on the class path. Jedis 7.2 introduced the builders of
 * {@link BuiltClients}, and Jedis 8 removed the constructors of Jedis 6.
 */
final class JedisClients {
  /** The default of Jedis. */
  private static final int MAX_ATTEMPTS = 5;

  private static final MethodHandle PIPELINED = findPipelined();

  private JedisClients() {}

  private static MethodHandle findPipelined() {
    try {
      return MethodHandles.publicLookup()
          .unreflect(UnifiedJedis.class.getMethod("pipelined"))
          .asType(MethodType.methodType(AbstractPipeline.class, UnifiedJedis.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("UnifiedJedis has no method pipelined", e);
    }
  }

  /** Creates a client of a single server, which connects when it is first used. */
  static UnifiedJedis single(
      HostAndPort server, JedisClientConfig config, PooledConnectionProvider provider) {
    return JedisVersion.has("RedisClient")
        ? BuiltClients.single(server, config, provider)
        : newInstance("JedisPooled", new Class<?>[] {PooledConnectionProvider.class}, provider);
  }

  /**
   * Creates a client of a cluster.
   *
   * @param maxTotalDuration the maximum duration of a call with all its attempts
   */
  static UnifiedJedis cluster(
      Set<HostAndPort> nodes,
      ClusterConnectionProvider provider,
      JedisClientConfig config,
      Duration maxTotalDuration) {
    return JedisVersion.has("RedisClusterClient")
        ? BuiltClients.cluster(nodes, provider, config, maxTotalDuration)
        : newInstance(
            "JedisCluster",
            new Class<?>[] {ClusterConnectionProvider.class, int.class, Duration.class},
            provider,
            MAX_ATTEMPTS,
            maxTotalDuration);
  }

  private static UnifiedJedis newInstance(
      String type, Class<?>[] parameters, @Nullable Object... arguments) {
    try {
      return Class.forName("redis.clients.jedis." + type)
          .asSubclass(UnifiedJedis.class)
          .getConstructor(parameters)
          .newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Jedis "
              + JedisVersion.current()
              + " has neither RedisClient nor "
              + type
              + "; RedisVectorStore requires Jedis 6.0 to 8",
          e);
    }
  }

  /** Returns a new pipeline of a client. The return type of the method of Jedis has changed. */
  static AbstractPipeline pipelined(UnifiedJedis jedis) {
    try {
      return (AbstractPipeline) PIPELINED.invokeExact(jedis);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the method declares no checked exception
    }
  }
}
