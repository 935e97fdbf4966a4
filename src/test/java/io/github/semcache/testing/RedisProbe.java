package io.github.semcache.testing;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;
import redis.clients.jedis.util.JedisURIHelper;

/** Queries the availability and the version of a server. */
final class RedisProbe {
  private RedisProbe() {}

  static boolean responds(URI uri) {
    try {
      return with(uri, client -> client.ping().equals("PONG"));
    } catch (JedisException e) {
      return false;
    }
  }

  /** Returns why the tests cannot use a server, or empty if they can. */
  static Optional<String> unusableReason(URI uri) {
    try {
      with(uri, client -> client.executeCommand(new CommandArguments(SearchCommand._LIST)));
      return Optional.empty();
    } catch (JedisException e) {
      return Optional.of(
          String.valueOf(e.getMessage()).contains("unknown command")
              ? "it has no search module"
              : String.valueOf(e.getMessage()));
    }
  }

  static String versions(URI uri) {
    return with(
        uri,
        client -> {
          String server =
              client
                  .info("server")
                  .lines()
                  .filter(line -> line.startsWith("redis_version:"))
                  .map(line -> line.substring(line.indexOf(':') + 1))
                  .findFirst()
                  .orElse("?");
          return "Redis " + server + " with " + modules(client);
        });
  }

  private static String modules(RedisClient client) {
    Object reply = client.executeCommand(new CommandArguments(Command.MODULE).add("LIST"));
    return ((List<?>) reply)
        .stream()
            .map(module -> (List<?>) module)
            .filter(module -> text(module.get(1)).equals("search"))
            .map(module -> "search module " + dotted((Long) module.get(3)))
            .findFirst()
            .orElse("a search module");
  }

  private static String dotted(long version) {
    return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : String.valueOf(value);
  }

  private static <T> T with(URI uri, Function<RedisClient, T> use) {
    DefaultJedisClientConfig config =
        DefaultJedisClientConfig.builder()
            .user(JedisURIHelper.getUser(uri))
            .password(JedisURIHelper.getPassword(uri))
            .protocol(RedisProtocol.RESP2)
            .build();
    HostAndPort address = JedisURIHelper.getHostAndPort(uri);
    try (RedisClient client =
        RedisClient.builder().hostAndPort(address).clientConfig(config).build()) {
      return use.apply(client);
    }
  }
}
