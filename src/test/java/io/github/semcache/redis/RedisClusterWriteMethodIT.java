package io.github.semcache.redis;

import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.net.URI;
import java.util.Set;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;

/** How users with different permissions write entries to a cluster. */
@EnabledIfRedis(EnabledIfRedis.Need.CLUSTER)
class RedisClusterWriteMethodIT extends RedisWriteMethodIT {
  @Override
  URI server() {
    return RedisServers.cluster();
  }

  @Override
  RedisConnection connection() {
    return connectionTo(server());
  }

  @Override
  RedisConnection connectionTo(URI uri) {
    return RedisConnection.of(uri).cluster();
  }

  /** Adds scripts, which replace transactions in a cluster. */
  @Override
  String[] withTransactions() {
    return new String[] {"+multi", "+exec", "-restore", "+eval"};
  }

  @Override
  void onEveryNode(String... words) {
    Set<HostAndPort> seed = Set.of(new HostAndPort(server().getHost(), server().getPort()));
    try (RedisClusterClient cluster = RedisClusterClient.builder().nodes(seed).build()) {
      for (String address : cluster.getClusterNodes().keySet()) {
        try (RedisClient node =
            RedisClient.builder().hostAndPort(HostAndPort.from(address)).build()) {
          node.executeCommand(new CommandArguments(Command.ACL).addObjects((Object[]) words));
        }
      }
    }
  }
}
