package io.github.semcache.chaos;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.RedisProcess;
import io.github.semcache.testing.RedisServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisSentinelClient;

/** A master with a replica and a sentinel, and a client of Jedis that follows the master. */
final class SentinelDeployment implements Deployment {
  private static final String MASTER = "cache";

  private final RedisNode master;
  private final RedisNode replica;
  private final RedisProcess sentinel;
  private final Path configuration;
  private final List<RedisSentinelClient> clients = new ArrayList<>();

  private SentinelDeployment() {
    master = RedisNode.start();
    replica = RedisNode.start("--replicaof", "127.0.0.1 " + master.port());
    try {
      configuration = Files.createTempFile("sentinel", ".conf");
      Files.writeString(
          configuration,
          """
          sentinel monitor cache 127.0.0.1 %d 1
          sentinel down-after-milliseconds cache 1000
          sentinel failover-timeout cache 3000
          """
              .formatted(master.port()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sentinel = RedisServers.start(configuration.toString(), "--sentinel");
    Waiting.until(
        Duration.ofSeconds(30),
        "the sentinel knows the replica",
        () -> RedisNode.text(sentinel("INFO", "sentinel")).contains("slaves=1"));
  }

  static SentinelDeployment start() {
    return new SentinelDeployment();
  }

  RedisNode master() {
    return master;
  }

  /** Makes the sentinel promote the replica. */
  void failOver() {
    sentinel("SENTINEL", "FAILOVER", MASTER);
  }

  /** Waits until the replica is the master. */
  void awaitPromotion() {
    Waiting.until(Duration.ofSeconds(40), "the replica is promoted", replica::isMaster);
  }

  private Object sentinel(String... words) {
    try (Connection connection = new Connection(new HostAndPort("127.0.0.1", sentinel.port()))) {
      return RedisNode.send(connection, words);
    }
  }

  @Override
  @SuppressWarnings("MustBeClosed") // closed with this deployment
  public VectorStore open(EmbeddingSpace space, InstantSource time) {
    RedisSentinelClient client =
        RedisSentinelClient.builder()
            .masterName(MASTER)
            .clientConfig(
                DefaultJedisClientConfig.builder().clientName(RedisNode.CLIENT_NAME).build())
            .sentinels(Set.of(new HostAndPort("127.0.0.1", sentinel.port())))
            .build();
    clients.add(client);
    return RedisVectorStore.builder(client, space).cacheName(CACHE_NAME).build();
  }

  private RedisNode current() {
    return replica.isMaster() ? replica : master;
  }

  @Override
  public void closeClients() {
    clients.forEach(RedisSentinelClient::close);
  }

  @Override
  public int connections() {
    return current().connections();
  }

  @Override
  public long entriesWithoutExpiry() {
    return current().entriesWithoutExpiry(ENTRY_PREFIX);
  }

  @Override
  public void close() {
    sentinel.close();
    replica.close();
    master.close();
    try {
      Files.deleteIfExists(configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
