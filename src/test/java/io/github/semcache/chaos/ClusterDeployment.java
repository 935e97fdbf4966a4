package io.github.semcache.chaos;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.RedisProcess;
import io.github.semcache.testing.RedisServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A cluster of three masters with a replica each. */
final class ClusterDeployment implements Deployment {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final List<RedisNode> nodes = new ArrayList<>();

  private ClusterDeployment() throws IOException {
    List<Integer> busPorts = new ArrayList<>();
    for (int i = 0; i < 2 * MASTERS; i++) {
      int busPort = RedisProcess.freePort();
      busPorts.add(busPort);
      nodes.add(
          RedisNode.start(
              RedisServers::startClusterNode,
              "--cluster-enabled",
              "yes",
              "--cluster-port",
              Integer.toString(busPort),
              "--cluster-node-timeout",
              "1500",
              "--cluster-replica-validity-factor",
              "0"));
    }
    for (int i = 0; i < MASTERS; i++) {
      nodes
          .get(i)
          .command(
              "CLUSTER",
              "ADDSLOTSRANGE",
              Integer.toString(SLOTS * i / MASTERS),
              Integer.toString(SLOTS * (i + 1) / MASTERS - 1));
    }
    for (int i = 1; i < nodes.size(); i++) {
      nodes
          .get(0)
          .command(
              "CLUSTER",
              "MEET",
              "127.0.0.1",
              Integer.toString(nodes.get(i).port()),
              Integer.toString(busPorts.get(i)));
    }
    for (int i = 0; i < MASTERS; i++) {
      replicate(nodes.get(MASTERS + i), nodes.get(i));
    }
    awaitReady();
  }

  /** Waits until all slots are served and all replicas follow their masters. */
  void awaitReady() {
    Waiting.until(START_LIMIT, "the cluster is ready", this::isReady);
  }

  private static void replicate(RedisNode replica, RedisNode master) {
    String id = RedisNode.text(master.command("CLUSTER", "MYID"));
    Waiting.until(
        START_LIMIT,
        "the replica knows its master",
        () -> RedisNode.text(replica.command("CLUSTER", "REPLICATE", id)).equals("OK"));
  }

  private boolean isReady() {
    return nodes.stream().allMatch(ClusterDeployment::isReady)
        && nodes.subList(0, MASTERS).stream()
            .allMatch(
                node ->
                    RedisNode.text(node.command("INFO", "replication")).contains("state=online"));
  }

  private static boolean isReady(RedisNode node) {
    String info = RedisNode.text(node.command("CLUSTER", "INFO"));
    return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:6");
  }

  static ClusterDeployment start() {
    try {
      return new ClusterDeployment();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<RedisNode> masters() {
    return nodes.subList(0, MASTERS);
  }

  RedisNode replicaOf(int master) {
    return nodes.get(MASTERS + master);
  }

  private Stream<RedisNode> runningMasters() {
    return nodes.stream().filter(node -> node.isRunning() && node.isMaster());
  }

  @Override
  public VectorStore open(EmbeddingSpace space, InstantSource time) {
    String[] others =
        nodes.stream().skip(1).map(node -> "127.0.0.1:" + node.port()).toArray(String[]::new);
    return RedisVectorStore.builder(RedisConnection.of(nodes.get(0).uri()).cluster(others), space)
        .cacheName(CACHE_NAME)
        .build();
  }

  @Override
  public int connections() {
    return nodes.stream().filter(RedisNode::isRunning).mapToInt(RedisNode::connections).sum();
  }

  @Override
  public long entriesWithoutExpiry() {
    return runningMasters().mapToLong(node -> node.entriesWithoutExpiry(ENTRY_PREFIX)).sum();
  }

  @Override
  public void close() {
    nodes.forEach(RedisNode::close);
  }
}
