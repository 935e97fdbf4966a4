package io.github.semcache.redis;

import static io.github.semcache.redis.RedisFixture.SPACE;
import static io.github.semcache.redis.RedisFixture.assertAllOperationsSucceed;
import static io.github.semcache.redis.RedisFixture.nearest;
import static io.github.semcache.redis.RedisFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.net.URI;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;

/** Connections that the store opens to a cluster. */
@EnabledIfRedis(EnabledIfRedis.Need.CLUSTER)
class RedisClusterConnectionIT {
  private final URI node = RedisServers.cluster();

  private static RedisVectorStore.Builder builder(RedisConnection connection) {
    return RedisVectorStore.builder(connection, SPACE).cacheName("test-" + UUID.randomUUID());
  }

  @Test
  void clusterIsReachedIfTheFirstNodeIsDown() {
    RedisConnection connection =
        RedisConnection.of("redis://127.0.0.1:1").cluster(node.getHost() + ":" + node.getPort());
    try (RedisVectorStore store = builder(connection).build()) {
      CacheEntry entry = put(store, "what?", 0);

      assertThat(store.find(entry.key())).contains(entry);
      assertThat(nearest(store)).containsExactly(entry);
      store.dropIndex(true);
    }
  }

  @Test
  void storeOfAnUnavailableClusterIsBuiltAndItsCallsFail() {
    RedisConnection nobody = RedisConnection.of("redis://127.0.0.1:1").cluster("127.0.0.1:2");
    try (RedisVectorStore store = builder(nobody).build()) {
      assertThatThrownBy(() -> store.find("key"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("read the cluster topology");
    }
  }

  @Test
  void documentedPermissionsSufficeForAllOperations() {
    String cacheName = "test-" + UUID.randomUUID();
    String[] permissions = RedisGuide.permissions("### Cluster, on every node", cacheName);
    onEveryNode("SETUSER", "app", "reset", "on", ">secret");
    onEveryNode(
        Stream.concat(Stream.of("SETUSER", "app"), Stream.of(permissions)).toArray(String[]::new));
    RedisConnection user =
        RedisConnection.of("redis://app:secret@" + node.getHost() + ":" + node.getPort()).cluster();
    try (RedisVectorStore limited =
        RedisVectorStore.builder(user, SPACE).cacheName(cacheName).build()) {
      assertAllOperationsSucceed(limited);
    } finally {
      onEveryNode("DELUSER", "app");
    }
  }

  private void onEveryNode(String... arguments) {
    HostAndPort seed = new HostAndPort(node.getHost(), node.getPort());
    try (RedisClusterClient cluster = RedisClusterClient.builder().nodes(Set.of(seed)).build()) {
      for (String address : cluster.getClusterNodes().keySet()) {
        try (RedisClient client =
            RedisClient.builder().hostAndPort(HostAndPort.from(address)).build()) {
          CommandArguments command = new CommandArguments(Protocol.Command.ACL);
          for (String argument : arguments) {
            command.add(argument);
          }
          client.executeCommand(command);
        }
      }
    }
  }
}
