package io.github.semcache.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.testing.RedisServers;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.util.JedisURIHelper;

/** The Redis server of the benchmarks, with the client that all measurements share. */
final class RedisServer implements AutoCloseable {
  private static final int CONNECTIONS = 16;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int MAX_UNPLANNED_QUERIES = 1_000;
  private static final Pattern INFO_LINE =
      Pattern.compile("redis_version:(.*)|module:name=([^,]*),ver=([0-9]*),.*");
  private static final Pattern QUERY =
      Pattern.compile("\"FT\\.SEARCH\" \"[^\"]*\" \"((?:[^\"\\\\]|\\\\.)*)\"");

  private final URI uri;
  private final HostAndPort address;
  private final DefaultJedisClientConfig config;
  final RedisClient client;

  private RedisServer(URI uri) {
    this(uri, TIMEOUT);
  }

  /** Connects to a server with a time-out for its replies. */
  RedisServer(URI uri, Duration timeout) {
    this.uri = uri;
    address = JedisURIHelper.getHostAndPort(uri);
    config =
        DefaultJedisClientConfig.builder()
            .user(JedisURIHelper.getUser(uri))
            .password(JedisURIHelper.getPassword(uri))
            .socketTimeoutMillis(Math.toIntExact(timeout.toMillis()))
            .build();
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(CONNECTIONS);
    pool.setMaxIdle(CONNECTIONS);
    pool.setMinIdle(CONNECTIONS);
    pool.setJmxEnabled(false);
    client =
        RedisClient.builder().hostAndPort(address).clientConfig(config).poolConfig(pool).build();
  }

  /**
   * Finds a server like the tests do: at {@code SEMCACHE_TEST_REDIS}, from the PATH, or in Docker.
   *
   * @return the server, or empty if there is none
   */
  static Optional<RedisServer> find() {
    try {
      return Optional.of(new RedisServer(RedisServers.uri()));
    } catch (IllegalStateException e) {
      return Optional.empty();
    }
  }

  /** Returns the version of the server and its modules. */
  String description() {
    return Stream.of("server", "modules")
        .flatMap(section -> client.info(section).lines())
        .map(INFO_LINE::matcher)
        .filter(Matcher::matches)
        .map(line -> line.group(1) == null ? line.group(2) + " " + line.group(3) : line.group(1))
        .collect(Collectors.joining(", "));
  }

  /** Returns the bytes that the server has allocated. */
  double usedMemory() {
    return info("memory", "used_memory");
  }

  /** Returns a number of a section of INFO, or 0 if the server does not report it. */
  double info(String section, String name) {
    String prefix = name + ":";
    return client
        .info(section)
        .lines()
        .filter(line -> line.startsWith(prefix))
        .mapToDouble(line -> Double.parseDouble(line.substring(prefix.length())))
        .sum();
  }

  /** Returns the CPU time of the server's main thread, which runs the commands. */
  double mainThreadCpuMicros() {
    Map<String, String> cpu =
        client
            .info("cpu")
            .lines()
            .map(line -> line.split(":", 2))
            .filter(field -> field.length == 2)
            .collect(Collectors.toMap(field -> field[0], field -> field[1]));
    return (seconds(cpu, "used_cpu_user_main_thread") + seconds(cpu, "used_cpu_sys_main_thread"))
        * 1e6;
  }

  private static double seconds(Map<String, String> cpu, String name) {
    return Double.parseDouble(cpu.getOrDefault(name, "0"));
  }

  /** Returns the settings of a store that opens its own connections. */
  RedisConnection connection() {
    return RedisConnection.of(uri).socketTimeout(TIMEOUT);
  }

  /** Returns a store that opens its own connections, as it does by default. */
  RedisVectorStore connectedStore(Corpus corpus, String name, VectorIndex index) {
    return RedisVectorStore.builder(connection(), corpus.space)
        .cacheName("semcache-" + name)
        .vectorIndex(index)
        .build();
  }

  /** Returns a store that uses the shared client. */
  RedisVectorStore store(Corpus corpus, String name, VectorIndex index) {
    return RedisVectorStore.builder(client, corpus.space)
        .cacheName("semcache-" + name)
        .vectorIndex(index)
        .build();
  }

  /**
   * Repeats a lookup until the store plans the query itself, and returns that query.
   *
   * @throws IllegalStateException if the store still sends a query without a plan after 1,000
   *     lookups
   */
  String plannedQuery(Runnable lookup) {
    for (int i = 0; i < MAX_UNPLANNED_QUERIES; i++) {
      String query = queryOf(lookup);
      if (query.contains("HYBRID_POLICY")) {
        return query;
      }
    }
    throw new IllegalStateException(
        "the store sent " + MAX_UNPLANNED_QUERIES + " queries without HYBRID_POLICY");
  }

  /** Returns the query of the first FT.SEARCH that the server receives during an action. */
  String queryOf(Runnable action) {
    try (Connection monitor = new Connection(address, config)) {
      monitor.sendCommand(Command.MONITOR);
      monitor.getOne();
      CompletableFuture<Void> running = CompletableFuture.runAsync(action);
      while (true) {
        Matcher matcher = QUERY.matcher(new String((byte[]) monitor.getOne(), UTF_8));
        if (matcher.find()) {
          running.join();
          return matcher.group(1);
        }
      }
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
