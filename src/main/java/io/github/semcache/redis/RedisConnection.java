package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import io.github.semcache.store.StoreException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.RedisCredentials;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.providers.PooledConnectionProvider;

/**
 * The settings of the connections that a {@link RedisVectorStore} opens itself: to a single Redis
 * server or to a {@link #cluster}. For Redis Sentinel, or for other settings, pass your own Jedis
 * client to the store.
 *
 * <p>A call to a server that does not respond fails after one {@link #socketTimeout}, or after two
 * if the connection pool then replaces the broken connection, which it does on the calling thread.
 * A call to a cluster is not retried after the time-out has passed. The time-out starts again with
 * every byte that arrives, so it does not limit a server that sends its reply slowly. Calls that a
 * cache makes during a request are limited by the {@linkplain
 * io.github.semcache.SemanticCacheBuilder#deadline deadline} of the request. At the deadline, the
 * cache stops waiting, and the read fails.
 *
 * <p>The replies of a server, or of a node of a cluster, to one request may contain strings of at
 * most 64 MiB in total and lists of at most 1,048,576 elements. A larger reply is not read: the
 * call fails, and the connection is closed. If entries make the reply to a search too large, the
 * store reads the nearest entries without those of more than 8 MiB, which are reported as corrupt.
 *
 * <p>Instances are immutable: each option returns a copy.
 */
public final class RedisConnection {
  private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

  private final RedisUri uri;
  private final Duration connectTimeout;
  private final Duration socketTimeout;
  private final Duration maxWait;
  private final int maxConnections;

  /** The seed nodes of a cluster; empty for a single server. */
  private final Set<HostAndPort> clusterNodes;

  private final @Nullable SSLSocketFactory sslSocketFactory;

  private RedisConnection(
      RedisUri uri,
      Duration connectTimeout,
      Duration socketTimeout,
      Duration maxWait,
      int maxConnections,
      Set<HostAndPort> clusterNodes,
      @Nullable SSLSocketFactory sslSocketFactory) {
    this.uri = uri;
    this.connectTimeout = connectTimeout;
    this.socketTimeout = socketTimeout;
    this.maxWait = maxWait;
    this.maxConnections = maxConnections;
    this.clusterNodes = Set.copyOf(clusterNodes);
    this.sslSocketFactory = sslSocketFactory;
  }

  private static RedisConnection withDefaults(RedisUri uri) {
    return new RedisConnection(
        uri,
        Duration.ofSeconds(1),
        Duration.ofMillis(500),
        Duration.ofMillis(500),
        16,
        Set.of(),
        null);
  }

  /**
   * Returns the default settings for the server at a URI.
   *
   * @param uri {@code redis://[[user]:password@]host[:port][/database][?protocol=2|3]}, with the
   *     scheme {@code rediss} for TLS. The default port is 6379. User and password are
   *     percent-decoded; the user must not contain a colon. With TLS, the server's certificate must
   *     be trusted by the JVM and name the host
   * @return the settings
   * @throws IllegalArgumentException if the URI does not have that form. The message does not
   *     contain the URI, which may hold a password
   * @throws IllegalStateException if Jedis is older than 6.0
   */
  public static RedisConnection of(URI uri) {
    JedisVersion.check();
    return withDefaults(RedisUri.of(uri));
  }

  /**
   * Returns the default settings for the server at a URI.
   *
   * @param uri a URI as described at {@link #of(URI)}
   * @return the settings
   * @throws IllegalArgumentException if the URI does not have that form. The message does not
   *     contain the URI, which may hold a password
   * @throws IllegalStateException if Jedis is older than 6.0
   */
  public static RedisConnection of(String uri) {
    JedisVersion.check();
    return withDefaults(RedisUri.parse(uri));
  }

  /**
   * Sets the maximum time to establish a connection.
   *
   * @param connectTimeout the time-out, from 1 ms to 10 minutes; the default is 1 second
   * @return a copy with that option
   * @throws IllegalArgumentException if the time-out is out of range
   */
  public RedisConnection connectTimeout(Duration connectTimeout) {
    return new RedisConnection(
        uri,
        check("connectTimeout", connectTimeout),
        socketTimeout,
        maxWait,
        maxConnections,
        clusterNodes,
        sslSocketFactory);
  }

  /**
   * Sets the maximum time to wait for a reply of the server.
   *
   * @param socketTimeout the time-out, from 1 ms to 10 minutes; the default is 500 ms
   * @return a copy with that option
   * @throws IllegalArgumentException if the time-out is out of range
   */
  public RedisConnection socketTimeout(Duration socketTimeout) {
    return new RedisConnection(
        uri,
        connectTimeout,
        check("socketTimeout", socketTimeout),
        maxWait,
        maxConnections,
        clusterNodes,
        sslSocketFactory);
  }

  /**
   * Sets the maximum time to wait for a connection of the pool when all of them are in use.
   *
   * @param maxWait the time-out, from 1 ms to 10 minutes; the default is 500 ms
   * @return a copy with that option
   * @throws IllegalArgumentException if the time-out is out of range
   */
  public RedisConnection maxWait(Duration maxWait) {
    return new RedisConnection(
        uri,
        connectTimeout,
        socketTimeout,
        check("maxWait", maxWait),
        maxConnections,
        clusterNodes,
        sslSocketFactory);
  }

  /**
   * Sets the maximum number of connections, in a cluster for each node.
   *
   * @param maxConnections the number, at least 1; the default is 16
   * @return a copy with that option
   * @throws IllegalArgumentException if the number is less than 1
   */
  public RedisConnection maxConnections(int maxConnections) {
    if (maxConnections < 1) {
      throw new IllegalArgumentException(
          "maxConnections is " + maxConnections + "; it must be at least 1");
    }
    return new RedisConnection(
        uri,
        connectTimeout,
        socketTimeout,
        maxWait,
        maxConnections,
        clusterNodes,
        sslSocketFactory);
  }

  /**
   * Connects to a cluster. The topology is read from the node of the URI or from one of the given
   * nodes, so at least one of them must be up when the store connects.
   *
   * @param otherNodes additional nodes, each {@code host:port}. They are connected to with the
   *     user, password, and TLS of the URI
   * @return a copy with that option
   * @throws IllegalArgumentException if a node does not have that form
   */
  public RedisConnection cluster(String... otherNodes) {
    Set<HostAndPort> nodes = new HashSet<>(Set.of(uri.hostAndPort()));
    for (String node : otherNodes) {
      nodes.add(RedisUri.parseNode(node));
    }
    return new RedisConnection(
        uri, connectTimeout, socketTimeout, maxWait, maxConnections, nodes, sslSocketFactory);
  }

  /**
   * Sets the factory of the TLS sockets, for a trust store or a client certificate that differ from
   * those of the JVM. The certificate of the server must name the host.
   *
   * @param sslSocketFactory the factory; by default that of the JVM
   * @return a copy with that option
   * @throws IllegalArgumentException if the scheme of the URI is not {@code rediss}
   */
  public RedisConnection sslSocketFactory(SSLSocketFactory sslSocketFactory) {
    if (!uri.isTls()) {
      throw new IllegalArgumentException(
          "sslSocketFactory is set, but the URI has the scheme redis; it must be rediss");
    }
    return new RedisConnection(
        uri,
        connectTimeout,
        socketTimeout,
        maxWait,
        maxConnections,
        clusterNodes,
        requireNonNull(sslSocketFactory, "sslSocketFactory"));
  }

  /**
   * Returns the address for display.
   *
   * @return scheme, host, port, and database, without user and password
   */
  public String address() {
    return uri.toString();
  }

  private static Duration check(String name, Duration timeout) {
    requireNonNull(timeout, name);
    if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          name + " is " + timeout + "; it must be between 1 ms and 10 minutes");
    }
    return timeout;
  }

  /** Creates a client; see {@link #connect}. */
  UnifiedJedis open() {
    return connect().jedis();
  }

  /**
   * Creates a client. A cluster client reads the topology of the cluster; a client of a single
   * server connects when it is first used.
   *
   * @throws StoreException if no node of a cluster can be reached
   */
  JedisProvider.OpenClient connect() {
    if (!clusterNodes.isEmpty()) {
      return RedisExceptions.translate("read the cluster topology", this::connectToCluster);
    }
    DefaultJedisClientConfig config = clientConfig();
    JedisSocketFactory sockets =
        LimitedSocket.limit(new DefaultJedisSocketFactory(uri.hostAndPort(), config));
    PooledConnectionProvider provider =
        new PooledConnectionProvider(new ConnectionFactory(sockets, config), poolConfig());
    UnifiedJedis client = JedisClients.single(uri.hostAndPort(), config, provider);
    return new JedisProvider.OpenClient(
        client, Optional.empty(), () -> provider.getPool().getNumIdle() > 0);
  }

  /**
   * By default, Jedis attempts a call five times, each time until the time-out. The limit on the
   * total duration stops it after one time-out, but then Jedis does not refresh the topology
   * either, so the store does that.
   */
  private JedisProvider.OpenClient connectToCluster() {
    DefaultJedisClientConfig config = clientConfig();
    ClusterConnectionProvider provider =
        new LimitedClusterProvider(clusterNodes, config, poolConfig());
    UnifiedJedis client = JedisClients.cluster(clusterNodes, provider, config, socketTimeout);
    return new JedisProvider.OpenClient(client, Optional.of(provider::renewSlotCache));
  }

  /** Returns whether this is a cluster. */
  boolean isCluster() {
    return !clusterNodes.isEmpty();
  }

  /**
   * Opens a socket to the server, with TLS if the URI has it.
   *
   * @throws redis.clients.jedis.exceptions.JedisConnectionException if that fails
   */
  Socket openSocket() {
    return new DefaultJedisSocketFactory(uri.hostAndPort(), clientConfig()).createSocket();
  }

  /** Returns the user and the password of the URI, which may be missing. */
  @Nullable RedisCredentials credentials() {
    Supplier<RedisCredentials> provider = clientConfig().getCredentialsProvider();
    return provider == null ? null : provider.get();
  }

  private ConnectionPoolConfig poolConfig() {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(maxConnections);
    pool.setMaxIdle(maxConnections);
    pool.setMaxWait(maxWait);
    pool.setJmxEnabled(false);
    return pool;
  }

  @SuppressWarnings("deprecation") // SslOptions accepts files, not a socket factory
  private DefaultJedisClientConfig clientConfig() {
    DefaultJedisClientConfig.Builder config = uri.clientConfig();
    if (sslSocketFactory != null) {
      SSLParameters parameters = new SSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      config
          .sslOptions(null)
          .ssl(true)
          .sslSocketFactory(sslSocketFactory)
          .sslParameters(parameters);
    }
    return config
        .connectionTimeoutMillis(Math.toIntExact(connectTimeout.toMillis()))
        .socketTimeoutMillis(Math.toIntExact(socketTimeout.toMillis()))
        .clientName("semcache")
        .build();
  }

  /** Returns the class name and the address, without user and password. */
  @Override
  public String toString() {
    return "RedisConnection[" + address() + "]";
  }
}
