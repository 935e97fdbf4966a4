package io.github.semcache.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.testing.RedisServers;
import java.net.URI;
import java.time.Duration;
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

/** The server to measure with, and one client of it for all that is measured. */
final class RedisServer implements AutoCloseable {
  private static final int CONNECTIONS = 16;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int MOST_UNPLANNED = 1_000;
  private static final Pattern INFO_LINE =
      Pattern.compile("redis_version:(.*)|module:name=([^,]*),ver=([0-9]*),.*");
  private static final Pattern QUERY =
      Pattern.compile("\"FT\\.SEARCH\" \"[^\"]*\" \"((?:[^\"\\\\]|\\\\.)*)\"");

  private final HostAndPort address;
  private final DefaultJedisClientConfig config;
  final RedisClient client;

  private RedisServer(URI uri) {
    address = JedisURIHelper.getHostAndPort(uri);
    config =
        DefaultJedisClientConfig.builder()
            .user(JedisURIHelper.getUser(uri))
            .password(JedisURIHelper.getPassword(uri))
            .socketTimeoutMillis(Math.toIntExact(TIMEOUT.toMillis()))
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
   * A server as the tests find it: at {@code SEMCACHE_TEST_REDIS}, else started from the PATH, else
   * in Docker. Empty if there is none.
   */
  static Optional<RedisServer> find() {
    try {
      return Optional.of(new RedisServer(RedisServers.uri()));
    } catch (IllegalStateException e) {
      return Optional.empty();
    }
  }

  /** Its version, and those of its modules. */
  String description() {
    return Stream.of("server", "modules")
        .flatMap(section -> client.info(section).lines())
        .map(INFO_LINE::matcher)
        .filter(Matcher::matches)
        .map(line -> line.group(1) == null ? line.group(2) + " " + line.group(3) : line.group(1))
        .collect(Collectors.joining(", "));
  }

  /** A store over the one client. */
  RedisVectorStore store(Corpus corpus, String name, VectorIndex index) {
    return RedisVectorStore.builder(client, corpus.space)
        .cacheName("semcache-" + name)
        .vectorIndex(index)
        .build();
  }

  /**
   * The text of the query that a store sends once it knows how many entries the scope has.
   *
   * @throws IllegalStateException if it does not get to know that
   */
  String plannedQuery(Runnable lookup) {
    for (int i = 0; i < MOST_UNPLANNED; i++) {
      String query = queryOf(lookup);
      if (query.contains("HYBRID_POLICY")) {
        return query;
      }
    }
    throw new IllegalStateException("the store still leaves the planning to the server");
  }

  /** The text of the query of the first FT.SEARCH that reaches the server during an action. */
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
