package io.github.semcache.redis;

import static io.github.semcache.redis.RedisFixture.SPACE;
import static io.github.semcache.redis.RedisFixture.assertAllOperationsSucceed;
import static io.github.semcache.redis.RedisFixture.nearest;
import static io.github.semcache.redis.RedisFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.net.URI;
import java.time.Duration;
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
  void hugeFieldIsNotRead() {
    try (RedisVectorStore store = builder(connection()).build();
        RedisClusterClient cluster =
            RedisClusterClient.builder()
                .nodes(Set.of(new HostAndPort(node.getHost(), node.getPort())))
                .build()) {
      CacheEntry small = put(store, "what?", 0);
      CacheEntry huge = put(store, "why?", 1);
      cluster.hset(store.indexName() + ":" + huge.key(), HashCodec.ANSWER, "x".repeat(70 << 20));

      assertThatThrownBy(() -> store.find(huge.key())).isInstanceOf(StoreException.class);
      assertThat(store.find(small.key())).contains(small);
      assertThat(nearest(store)).as("searches skip entries that are too large").contains(small);
      assertThat(store.remove(EntrySelector.entry(huge.key()))).isEqualTo(1);
      store.dropIndex(true);
    }
  }

  private RedisConnection connection() {
    return RedisConnection.of("redis://" + node.getHost() + ":" + node.getPort())
        .cluster()
        .socketTimeout(Duration.ofSeconds(10));
  }

  @Test
  void callIsNotRepeatedAfterItsDeadline() {
    try (RedisVectorStore store = builder(connection()).build()) {
      CacheEntry entry = put(store, "what?", 0);
      onEveryNode("CLIENT", "PAUSE", "3000", "ALL");
      long start = System.nanoTime();

      assertThatThrownBy(
              () -> Deadline.after(Duration.ofMillis(200)).run(() -> store.find(entry.key())))
          .isInstanceOf(StoreException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
      await()
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(store.find(entry.key())).isPresent());
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
    onEveryNode("ACL", "SETUSER", "app", "reset", "on", ">secret");
    onEveryNode(
        Stream.concat(Stream.of("ACL", "SETUSER", "app"), Stream.of(permissions))
            .toArray(String[]::new));
    RedisConnection user =
        RedisConnection.of("redis://app:secret@" + node.getHost() + ":" + node.getPort()).cluster();
    try (RedisVectorStore limited =
        RedisVectorStore.builder(user, SPACE).cacheName(cacheName).build()) {
      assertAllOperationsSucceed(limited);
    } finally {
      onEveryNode("ACL", "DELUSER", "app");
    }
  }

  private void onEveryNode(String... arguments) {
    HostAndPort seed = new HostAndPort(node.getHost(), node.getPort());
    try (RedisClusterClient cluster = RedisClusterClient.builder().nodes(Set.of(seed)).build()) {
      for (String address : cluster.getClusterNodes().keySet()) {
        try (RedisClient client =
            RedisClient.builder().hostAndPort(HostAndPort.from(address)).build()) {
          CommandArguments command = new CommandArguments(Protocol.Command.valueOf(arguments[0]));
          for (int i = 1; i < arguments.length; i++) {
            command.add(arguments[i]);
          }
          client.executeCommand(command);
        }
      }
    }
  }
}
