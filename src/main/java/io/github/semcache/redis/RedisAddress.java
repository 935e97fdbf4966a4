package io.github.semcache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URLDecoder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisProtocol;

/** The parts of {@code redis[s]://[[user]:password@]host[:port][/database][?protocol=2|3]}. */
record RedisAddress(
    String host,
    int port,
    boolean tls,
    int database,
    Optional<String> user,
    Optional<String> password,
    Optional<RedisProtocol> protocol) {
  private static final int DEFAULT_PORT = 6379;
  private static final Pattern DATABASE = Pattern.compile("(?:/(\\d{0,9}))?");
  private static final Pattern PROTOCOL = Pattern.compile("protocol=([23])");

  static RedisAddress of(URI uri) {
    String scheme = requireNonNull(uri, "uri").getScheme();
    boolean tls = "rediss".equalsIgnoreCase(scheme);
    if (!tls && !"redis".equalsIgnoreCase(scheme)) {
      throw misuse("its scheme is " + scheme + "; it must be redis or rediss");
    }
    if (uri.getHost() == null) {
      // For example because of an underscore, which a host's name may not have.
      throw misuse("it names no valid host; it must be redis://host:port");
    }
    Optional<String[]> userInfo = userInfo(uri.getRawUserInfo());
    return new RedisAddress(
        uri.getHost(),
        uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
        tls,
        database(uri.getPath()),
        userInfo.map(parts -> decode(parts[0])).filter(user -> !user.isEmpty()),
        userInfo.map(parts -> decode(parts[1])),
        protocol(uri.getQuery()));
  }

  private static Optional<String[]> userInfo(@Nullable String userInfo) {
    if (userInfo == null) {
      return Optional.empty();
    }
    String[] parts = userInfo.split(":", 2);
    if (parts.length < 2) {
      throw misuse("it has a user without a password; it must be user:password@ or :password@");
    }
    return Optional.of(parts);
  }

  private static String decode(String part) {
    // A plus is a plus, unlike in a form.
    return URLDecoder.decode(part.replace("+", "%2B"), UTF_8);
  }

  private static int database(@Nullable String path) {
    Matcher database = DATABASE.matcher(path == null ? "" : path);
    if (!database.matches()) {
      throw misuse("its path is " + path + "; it must be the number of a database");
    }
    String number = database.group(1);
    return number == null || number.isEmpty() ? 0 : Integer.parseInt(number);
  }

  private static Optional<RedisProtocol> protocol(@Nullable String query) {
    if (query == null) {
      return Optional.empty();
    }
    Matcher protocol = PROTOCOL.matcher(query);
    if (!protocol.matches()) {
      throw misuse("its query is " + query + "; it must be protocol=2 or protocol=3");
    }
    return Optional.of(protocol.group(1).equals("3") ? RedisProtocol.RESP3 : RedisProtocol.RESP2);
  }

  private static IllegalArgumentException misuse(String what) {
    return new IllegalArgumentException("uri cannot be used: " + what);
  }

  /** Shows neither user nor password. */
  @Override
  public String toString() {
    return (tls ? "rediss://" : "redis://") + host + ":" + port + "/" + database;
  }
}
