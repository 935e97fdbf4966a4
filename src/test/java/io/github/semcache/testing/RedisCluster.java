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
  private static final Duration STARTUP = Duration.ofSeconds(60);

  private RedisCluster() {}

  /** Starts a cluster and waits until it searches. It ends with the JVM. */
  @SuppressWarnings("MustBeClosed")
  static URI start(String command) throws IOException {
    List<RedisProcess> nodes = new ArrayList<>();
    for (int i = 0; i < MASTERS; i++) {
      nodes.add(
          RedisProcess.start(
              command,
              0,
              "--cluster-enabled",
              "yes",
              "--cluster-port",
              Integer.toString(RedisProcess.freePort()),
              "--enable-debug-command",
              "local"));
    }
    for (int i = 0; i < MASTERS; i++) {
      join(nodes, i);
    }
    for (RedisProcess node : nodes) {
      awaitSearch(node);
    }
    return nodes.get(0).uri();
  }

  private static void join(List<RedisProcess> nodes, int i) {
    try (RedisClient node = client(nodes.get(i))) {
      int from = SLOTS * i / MASTERS;
      int to = SLOTS * (i + 1) / MASTERS - 1;
      node.executeCommand(
          new CommandArguments(Command.CLUSTER).add("ADDSLOTSRANGE").add(from).add(to));
      for (RedisProcess other : nodes.subList(i + 1, MASTERS)) {
        node.executeCommand(
            new CommandArguments(Command.CLUSTER)
                .add("MEET")
                .add("127.0.0.1")
                .add(other.port())
                .add(busPort(other)));
      }
    }
  }

  private static int busPort(RedisProcess node) {
    try (RedisClient client = client(node)) {
      return Integer.parseInt(client.configGet("cluster-port").get("cluster-port"));
    }
  }

  private static void awaitSearch(RedisProcess node) throws IOException {
    long start = System.nanoTime();
    while (!searches(node)) {
      if (System.nanoTime() - start > STARTUP.toNanos()) {
        throw new IOException("the cluster does not search");
      }
    }
  }

  private static boolean searches(RedisProcess node) {
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
