package io.github.semcache.redis;

import static io.github.semcache.redis.RedisFixture.SPACE;
import static io.github.semcache.redis.RedisFixture.nearest;
import static io.github.semcache.redis.RedisFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisProcess;
import io.github.semcache.testing.RedisServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisSentinelClient;

/**
 * Servers with other configurations than the shared one: restarted, with replicas, and Sentinel.
 */
@EnabledIfRedis(EnabledIfRedis.Need.COMMAND)
class RedisDeploymentsIT {
  @TempDir Path directory;

  @Test
  void restartedServerIsUsedAgain() {
    RedisProcess first = RedisServers.start();
    RedisVectorStore store =
        RedisVectorStore.builder(RedisConnection.of(first.uri()), SPACE).build();
    put(store, "old", 0);
    first.close();
    assertThatThrownBy(() -> nearest(store)).isInstanceOf(StoreException.class);

    try (RedisProcess second = RedisServers.startAt(first.port())) {
      await().ignoreExceptions().untilAsserted(() -> assertThat(nearest(store)).isEmpty());
      CacheEntry recent = put(store, "recent", 0);
      await().untilAsserted(() -> assertThat(nearest(store)).containsExactly(recent));
      assertThat(second.port()).isEqualTo(first.port());
    }
    store.close();
  }

  @Test
  void databaseOtherThanZeroIsRejectedByTheSearchModule() {
    try (RedisProcess server = RedisServers.start()) {
      assertThatThrownBy(
              () ->
                  RedisVectorStore.builder(RedisConnection.of(server.uri() + "/3"), SPACE).build())
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("db != 0");
    }
  }

  @Test
  void sentinelClientConnectsToTheMaster() throws Exception {
    try (RedisProcess master = RedisServers.start()) {
      Path configuration = directory.resolve("sentinel.conf");
      Files.writeString(
          configuration, "sentinel monitor cache 127.0.0.1 %d 1%n".formatted(master.port()));
      try (RedisProcess sentinel = RedisServers.start(configuration.toString(), "--sentinel");
          RedisSentinelClient client =
              RedisSentinelClient.builder()
                  .masterName("cache")
                  .sentinels(Set.of(new HostAndPort("127.0.0.1", sentinel.port())))
                  .build()) {
        RedisVectorStore store = RedisVectorStore.builder(client, SPACE).build();
        CacheEntry entry = put(store, "what?", 0);

        assertThat(store.find(entry.key())).contains(entry);
        assertThat(nearest(store)).containsExactly(entry);
        assertThat(RedisFixture.removeAll(store)).isEqualTo(1);
      }
    }
  }

  @Test
  void sentinelClientConnectsToTheNewMasterAfterAFailover() throws Exception {
    try (RedisProcess master = RedisServers.start();
        RedisProcess replica = RedisServers.start("--replicaof", "127.0.0.1 " + master.port())) {
      Path configuration = directory.resolve("failover.conf");
      Files.writeString(
          configuration, "sentinel monitor cache 127.0.0.1 %d 1%n".formatted(master.port()));
      try (RedisProcess sentinel = RedisServers.start(configuration.toString(), "--sentinel");
          RedisSentinelClient client =
              RedisSentinelClient.builder()
                  .masterName("cache")
                  .sentinels(Set.of(new HostAndPort("127.0.0.1", sentinel.port())))
                  .build();
          RedisClient commands =
              RedisClient.builder()
                  .hostAndPort(new HostAndPort("127.0.0.1", sentinel.port()))
                  .build()) {
        RedisVectorStore store = RedisVectorStore.builder(client, SPACE).build();
        CacheEntry entry = put(store, "what?", 0);
        try (RedisVectorStore copy =
            RedisVectorStore.builder(RedisConnection.of(replica.uri()), SPACE)
                .assumeIndex()
                .build()) {
          await().until(() -> copy.find(entry.key()).isPresent());
        }

        await()
            .atMost(Duration.ofSeconds(60))
            .ignoreExceptions()
            .until(
                () ->
                    commands.executeCommand(
                            new CommandArguments(Protocol.Command.SENTINEL)
                                .add("FAILOVER")
                                .add("cache"))
                        != null);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> client.getCurrentMaster().getPort() == replica.port());

        await()
            .ignoreExceptions()
            .untilAsserted(() -> assertThat(store.find(entry.key())).contains(entry));
        CacheEntry next = put(store, "what now?", 10);
        await().untilAsserted(() -> assertThat(nearest(store)).containsExactly(entry, next));
      }
    }
  }
}
