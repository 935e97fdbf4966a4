package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import io.github.semcache.store.StoreException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.ClusterConnectionProvider;

/**
 * How a store that opens its own connections reaches a single Redis server or a {@link #cluster}.
 * For sentinels, or for other settings, give the store a client of your own.
 *
 * <p>A call to a server that hangs ends after one {@link #socketTimeout}, and where Jedis's pool
 * then replaces the connection, as it does on the calling thread, after a second one. That of a
 * cluster is not repeated once the time-out has passed.
 *
 * <p>Immutable: each option returns a copy.
 */
public final class RedisConnection {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final RedisAddress address;
  private final Duration connectTimeout;
  private final Duration socketTimeout;
  private final Duration maxWait;
  private final int maxConnections;

  /** The nodes of a cluster to ask; empty for a single server. */
  private final Set<HostAndPort> nodes;

  private RedisConnection(
      RedisAddress address,
      Duration connectTimeout,
      Duration socketTimeout,
      Duration maxWait,
      int maxConnections,
      Set<HostAndPort> nodes) {
    this.address = address;
    this.connectTimeout = connectTimeout;
    this.socketTimeout = socketTimeout;
    this.maxWait = maxWait;
    this.maxConnections = maxConnections;
    this.nodes = Set.copyOf(nodes);
  }

  /**
   * A connection to the server at an address.
   *
   * @param uri {@code redis://[[user]:password@]host[:port][/database][?protocol=2|3]}; {@code
   *     rediss} for TLS, where the server's certificate must be trusted by the JVM and name the
   *     host. User and password are percent-decoded
   * @return the connection
   * @throws IllegalArgumentException if the address is not of that form
   */
  public static RedisConnection of(URI uri) {
    return new RedisConnection(
        RedisAddress.of(uri),
        Duration.ofSeconds(1),
        Duration.ofMillis(500),
        Duration.ofMillis(500),
        16,
        Set.of());
  }

  /**
   * A connection to the server at an address.
   *
   * @param uri see {@link #of(URI)}
   * @return the connection
   * @throws IllegalArgumentException if the address is not of that form
   */
  public static RedisConnection of(String uri) {
    try {
      return of(new URI(requireNonNull(uri, "uri")));
    } catch (URISyntaxException e) {
      // The exception would quote the address, which may hold a password.
      throw new IllegalArgumentException(
          "uri is not a URI (" + e.getReason() + "); reserved characters must be percent-encoded");
    }
  }

  /**
   * Sets how long to wait until a connection is made.
   *
   * @param connectTimeout 1 ms to 10 minutes; 1 second unless set
   * @return a connection with that option
   * @throws IllegalArgumentException if it is out of its range
   */
  public RedisConnection connectTimeout(Duration connectTimeout) {
    return new RedisConnection(
        address,
        check("connectTimeout", connectTimeout),
        socketTimeout,
        maxWait,
        maxConnections,
        nodes);
  }

  /**
   * Sets how long to wait for an answer.
   *
   * @param socketTimeout 1 ms to 10 minutes; 500 ms unless set
   * @return a connection with that option
   * @throws IllegalArgumentException if it is out of its range
   */
  public RedisConnection socketTimeout(Duration socketTimeout) {
    return new RedisConnection(
        address,
        connectTimeout,
        check("socketTimeout", socketTimeout),
        maxWait,
        maxConnections,
        nodes);
  }

  /**
   * Sets how long to wait for a connection when all of them are in use.
   *
   * @param maxWait 1 ms to 10 minutes; 500 ms unless set
   * @return a connection with that option
   * @throws IllegalArgumentException if it is out of its range
   */
  public RedisConnection maxWait(Duration maxWait) {
    return new RedisConnection(
        address, connectTimeout, socketTimeout, check("maxWait", maxWait), maxConnections, nodes);
  }

  /**
   * Sets how many connections to open at most, in a cluster to each of its nodes.
   *
   * @param maxConnections at least 1; 16 unless set
   * @return a connection with that option
   * @throws IllegalArgumentException if it is less than 1
   */
  public RedisConnection maxConnections(int maxConnections) {
    if (maxConnections < 1) {
      throw new IllegalArgumentException(
          "maxConnections is " + maxConnections + "; it must be at least 1");
    }
    return new RedisConnection(
        address, connectTimeout, socketTimeout, maxWait, maxConnections, nodes);
  }

  /**
   * Says that the address is that of a node of a cluster, through which the others are found. The
   * more nodes are named, the more of them may be down when the connection is made.
   *
   * @param otherNodes further nodes, each {@code host:port}; user, password and TLS are those of
   *     the address
   * @return a connection with that option
   * @throws IllegalArgumentException if a node is not of that form
   */
  public RedisConnection cluster(String... otherNodes) {
    Set<HostAndPort> all = new HashSet<>(Set.of(new HostAndPort(address.host(), address.port())));
    for (String node : otherNodes) {
      RedisAddress other = of("redis://" + requireNonNull(node, "otherNodes")).address;
      all.add(new HostAndPort(other.host(), other.port()));
    }
    return new RedisConnection(
        address, connectTimeout, socketTimeout, maxWait, maxConnections, all);
  }

  /**
   * The address.
   *
   * @return scheme, host, port and database, without user and password
   */
  public String address() {
    return address.toString();
  }

  private static Duration check(String name, Duration duration) {
    requireNonNull(duration, name);
    if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " is " + duration + "; it must be between 1 ms and 10 minutes");
    }
    return duration;
  }

  /** Makes a client; see {@link #connect}. */
  UnifiedJedis open() {
    return connect().jedis();
  }

  /**
   * Makes a client. That of a cluster asks for the cluster's nodes; the other one connects when it
   * is used.
   *
   * @throws StoreException if none of the nodes of a cluster can be asked
   */
  StoreClient.Opened connect() {
    if (!nodes.isEmpty()) {
      return RedisFailures.translating("tell the nodes of the cluster", this::connectToCluster);
    }
    UnifiedJedis client =
        RedisClient.builder()
            .hostAndPort(new HostAndPort(address.host(), address.port()))
            .clientConfig(clientConfig())
            .poolConfig(poolConfig())
            .build();
    return new StoreClient.Opened(client, Optional.empty());
  }

  /**
   * Left alone, Jedis tries a call five times, each until the time-out. It is told to stop when one
   * has passed; but then it does not ask whether another node has taken over, so the store does.
   */
  private StoreClient.Opened connectToCluster() {
    DefaultJedisClientConfig config = clientConfig();
    ClusterConnectionProvider provider = new ClusterConnectionProvider(nodes, config, poolConfig());
    UnifiedJedis client =
        RedisClusterClient.builder()
            .nodes(nodes)
            .clientConfig(config)
            .connectionProvider(provider)
            .maxTotalRetriesDuration(socketTimeout)
            .build();
    return new StoreClient.Opened(client, Optional.of(provider::renewSlotCache));
  }

  private ConnectionPoolConfig poolConfig() {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(maxConnections);
    pool.setMaxIdle(maxConnections);
    pool.setMaxWait(maxWait);
    pool.setJmxEnabled(false);
    return pool;
  }

  private DefaultJedisClientConfig clientConfig() {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(Math.toIntExact(connectTimeout.toMillis()))
            .socketTimeoutMillis(Math.toIntExact(socketTimeout.toMillis()))
            .database(address.database())
            .clientName("semcache");
    address.user().ifPresent(config::user);
    address.password().ifPresent(config::password);
    address.protocol().ifPresent(config::protocol);
    if (address.tls()) {
      // Unlike ssl(true), these verify that the certificate names the host.
      config.sslOptions(SslOptions.builder().build());
    }
    return config.build();
  }

  /** Shows the address without user and password. */
  @Override
  public String toString() {
    return "RedisConnection[" + address + "]";
  }
}
