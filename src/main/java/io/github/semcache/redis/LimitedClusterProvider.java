package io.github.semcache.redis;

import io.github.semcache.deadline.Deadline;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ClusterConnectionProvider;

/**
 * The connections to the nodes of a cluster, with {@linkplain LimitedSocket limited} sockets. The
 * pools of Jedis open sockets of their own, so they are used for the topology only: each node has
 * another pool here. The replies that describe the topology are not limited. Thread-safe.
 */
final class LimitedClusterProvider extends ClusterConnectionProvider {
  /** The number of slots whose masters are tried for commands without a key. */
  private static final int SAMPLED_SLOTS = 16;

  private final JedisClientConfig config;
  private final ConnectionPoolConfig poolConfig;
  private final Map<String, ConnectionPool> pools = new ConcurrentHashMap<>();

  /**
   * Reads the topology of a cluster.
   *
   * @throws JedisException if no node can be reached
   */
  LimitedClusterProvider(
      Set<HostAndPort> nodes, JedisClientConfig config, ConnectionPoolConfig poolConfig) {
    super(nodes, config, poolConfig);
    this.config = config;
    this.poolConfig = poolConfig;
  }

  private ConnectionPool pool(HostAndPort node) {
    return pools.computeIfAbsent(node.toString(), key -> newPool(node));
  }

  private ConnectionPool newPool(HostAndPort node) {
    return new ConnectionPool(
        new ConnectionFactory(new LimitedSockets(node, config), config), poolConfig);
  }

  /** The sockets of a node. Clients of a cluster require a subclass of the default factory. */
  private static final class LimitedSockets extends DefaultJedisSocketFactory {
    LimitedSockets(HostAndPort node, JedisClientConfig config) {
      super(node, config);
    }

    @Override
    public Socket createSocket() {
      return LimitedSocket.limit(super::createSocket).createSocket();
    }
  }

  /** Returns the pools of this class for the nodes of the topology. */
  private Map<String, ConnectionPool> limited(Map<String, ConnectionPool> nodes) {
    Map<String, ConnectionPool> limited = new HashMap<>();
    nodes.keySet().forEach(node -> limited.put(node, pool(HostAndPort.from(node))));
    return limited;
  }

  @Override
  public Map<String, ConnectionPool> getNodes() {
    return limited(super.getNodes());
  }

  /** Called by Jedis 7 and later. */
  @Override
  public Map<String, ConnectionPool> getPrimaryNodes() {
    return limited(super.getPrimaryNodes());
  }

  @Override
  public Map<String, ConnectionPool> getConnectionMap() {
    return Collections.unmodifiableMap(getNodes());
  }

  /** Called by Jedis 7 and later. */
  @Override
  public Map<String, ConnectionPool> getPrimaryNodesConnectionMap() {
    return Collections.unmodifiableMap(getPrimaryNodes());
  }

  @Override
  public Connection getConnection(HostAndPort node) {
    checkDeadline();
    return node == null ? getConnection() : pool(node).getResource();
  }

  @Override
  public Connection getConnectionFromSlot(int slot) {
    HostAndPort node = getNode(slot);
    if (node == null) {
      renewSlotCache();
      node = getNode(slot);
    }
    return getConnection(node);
  }

  /** The store reads from masters only. */
  @Override
  public Connection getReplicaConnectionFromSlot(int slot) {
    return getConnectionFromSlot(slot);
  }

  /** Returns a connection to a master if one responds, and otherwise to any node. */
  @Override
  public Connection getConnection() {
    checkDeadline();
    JedisClusterOperationException unreachable =
        new JedisClusterOperationException("No reachable node in cluster.");
    for (HostAndPort node : mastersFirst()) {
      Optional<Connection> connection = tryConnect(pool(node), unreachable);
      if (connection.isPresent()) {
        return connection.get();
      }
    }
    throw unreachable;
  }

  /**
   * Ends the attempts of Jedis at the deadline of the call: Jedis does not catch this exception.
   */
  private static void checkDeadline() {
    if (Deadline.current().filter(Deadline::isExpired).isPresent()) {
      throw new JedisClusterOperationException("The deadline of the call has expired.");
    }
  }

  /** Returns the nodes in random order. Not all versions of Jedis list the masters. */
  private Set<HostAndPort> mastersFirst() {
    Set<HostAndPort> nodes = new LinkedHashSet<>();
    for (int i = 0; i < SAMPLED_SLOTS; i++) {
      HostAndPort master = getNode(ThreadLocalRandom.current().nextInt(Protocol.CLUSTER_HASHSLOTS));
      if (master != null) {
        nodes.add(master);
      }
    }
    List<String> others = new ArrayList<>(super.getNodes().keySet());
    Collections.shuffle(others);
    others.forEach(node -> nodes.add(HostAndPort.from(node)));
    return nodes;
  }

  private static Optional<Connection> tryConnect(ConnectionPool pool, JedisException failures) {
    try {
      Connection connection = pool.getResource();
      try {
        connection.ping();
        return Optional.of(connection);
      } catch (JedisException e) {
        connection.close();
        throw e;
      }
    } catch (JedisException e) {
      failures.addSuppressed(e);
      return Optional.empty();
    }
  }

  @Override
  public void renewSlotCache() {
    super.renewSlotCache();
    closeOldPools();
  }

  @Override
  public void renewSlotCache(Connection connection) {
    super.renewSlotCache(connection);
    closeOldPools();
  }

  /** Closes the pools of nodes that do not belong to the cluster any more. */
  private void closeOldPools() {
    Set<String> current = super.getNodes().keySet();
    for (String node : List.copyOf(pools.keySet())) {
      if (!current.contains(node)) {
        close(node);
      }
    }
  }

  private void close(String node) {
    ConnectionPool removed = pools.remove(node);
    if (removed != null) {
      removed.close();
    }
  }

  @Override
  public void close() {
    super.close();
    List.copyOf(pools.keySet()).forEach(this::close);
  }
}
