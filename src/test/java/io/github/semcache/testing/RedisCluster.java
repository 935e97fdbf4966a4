package io.github.semcache.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** A cluster of three masters. */
final class RedisCluster {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;
  private static final Duration STARTUP_TIMEOUT = Duration.ofSeconds(60);

  private RedisCluster() {}

  /** A node and its cluster bus port. */
  private record Node(RedisProcess process, int busPort) {}

  /** Starts a cluster and waits until isReady succeed. It stops with the JVM. */
  @SuppressWarnings("MustBeClosed")
  static URI start(String command) throws IOException {
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < MASTERS; i++) {
      int busPort = RedisProcess.freePort();
      RedisProcess process =
          RedisProcess.start(
              command,
              0,
              "--cluster-enabled",
              "yes",
              "--cluster-port",
              Integer.toString(busPort),
              "--enable-debug-command",
              "local");
      nodes.add(new Node(process, busPort));
    }
    for (int i = 0; i < MASTERS; i++) {
      join(nodes, i);
    }
    for (Node node : nodes) {
      awaitReady(node.process());
    }
    return nodes.get(0).process().uri();
  }

  private static void join(List<Node> nodes, int i) {
    try (RedisClient node = client(nodes.get(i).process())) {
      int from = SLOTS * i / MASTERS;
      int to = SLOTS * (i + 1) / MASTERS - 1;
      node.executeCommand(
          new CommandArguments(Command.CLUSTER).add("ADDSLOTSRANGE").add(from).add(to));
      for (Node other : nodes.subList(i + 1, MASTERS)) {
        node.executeCommand(
            new CommandArguments(Command.CLUSTER)
                .add("MEET")
                .add("127.0.0.1")
                .add(other.process().port())
                .add(other.busPort()));
      }
    }
  }

  private static void awaitReady(RedisProcess node) throws IOException {
    long start = System.nanoTime();
    while (!isReady(node)) {
      if (System.nanoTime() - start > STARTUP_TIMEOUT.toNanos()) {
        throw new IOException("the cluster is not ready");
      }
    }
  }

  private static boolean isReady(RedisProcess node) {
    try (RedisClient client = client(node)) {
      if (!info(client).contains("cluster_state:ok")) {
        return false;
      }
      client.executeCommand(new CommandArguments(SearchCommand.SEARCH).add("nosuch").add("*"));
      return false;
    } catch (JedisException e) {
      return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("no such index");
    }
  }

  private static String info(RedisClient client) {
    Object reply = client.executeCommand(new CommandArguments(Command.CLUSTER).add("INFO"));
    return new String((byte[]) reply, StandardCharsets.UTF_8);
  }

  private static RedisClient client(RedisProcess node) {
    return RedisClient.builder().hostAndPort(new HostAndPort("127.0.0.1", node.port())).build();
  }
}
