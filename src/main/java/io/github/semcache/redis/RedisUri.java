package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * A Redis URI that Jedis's parser reads completely: it has a port and a lower-case scheme, and no
 * part that Jedis ignores or misreads. The URI may contain a password, so neither {@link #toString}
 * nor an exception message quotes any part of it but scheme, host, port, and database.
 */
final class RedisUri {
  private static final int DEFAULT_PORT = 6379;
  private static final Pattern DATABASE = Pattern.compile("(/\\d{0,9})?");
  private static final Pattern PROTOCOL = Pattern.compile("protocol=[23]");
  private static final Pattern ENCODED_COLON = Pattern.compile("(?i)[^:]*%3a.*");

  private final URI uri;

  private RedisUri(URI uri) {
    this.uri = uri;
  }

  static RedisUri parse(String uri) {
    try {
      return of(new URI(requireNonNull(uri, "uri")));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "uri is not a URI (" + e.getReason() + "); reserved characters must be percent-encoded");
    }
  }

  static RedisUri of(URI uri) {
    String scheme = String.valueOf(requireNonNull(uri, "uri").getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("redis") && !scheme.equals("rediss")) {
      throw invalid("its scheme must be redis or rediss");
    }
    if (uri.getHost() == null) {
      throw invalid(
          "it has no valid host; it must start with redis://host or redis://host:port, and a host"
              + " name must not contain an underscore");
    }
    checkUserInfo(uri.getRawUserInfo());
    if (!DATABASE.matcher(uri.getRawPath()).matches()) {
      throw invalid("its path must be the number of a database");
    }
    String query = uri.getRawQuery();
    if (query != null && !PROTOCOL.matcher(query).matches()) {
      throw invalid("its query must be protocol=2 or protocol=3");
    }
    if (uri.getRawFragment() != null) {
      throw invalid("it must not contain a #; in a password it must be percent-encoded");
    }
    return new RedisUri(complete(scheme, uri));
  }

  /**
   * Parses the address of a cluster node, {@code host:port}.
   *
   * @throws IllegalArgumentException if it is not of that form
   */
  static HostAndPort parseNode(String node) {
    RedisUri parsed;
    try {
      parsed = parse("redis://" + requireNonNull(node, "otherNodes"));
    } catch (IllegalArgumentException e) {
      throw invalidNode();
    }
    URI uri = parsed.uri;
    if (uri.getRawUserInfo() != null || !uri.getRawPath().isEmpty() || uri.getRawQuery() != null) {
      throw invalidNode();
    }
    return parsed.hostAndPort();
  }

  private static IllegalArgumentException invalidNode() {
    return new IllegalArgumentException(
        "otherNodes contains an invalid node; each must be host:port, because user, password, and"
            + " TLS are those of the URI");
  }

  private static void checkUserInfo(@Nullable String userInfo) {
    if (userInfo == null) {
      return;
    }
    if (!userInfo.contains(":")) {
      throw invalid("it has a user without a password; it must have user:password@ or :password@");
    }
    if (ENCODED_COLON.matcher(userInfo).matches()) {
      // Jedis decodes first and then splits at the first colon.
      throw invalid("its user must not contain a colon; give the store a client of your own");
    }
  }

  /** Adds the default port, which Jedis requires. */
  private static URI complete(String scheme, URI uri) {
    String userInfo = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@";
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return URI.create(
        scheme + "://" + userInfo + uri.getHost() + ":" + port + uri.getRawPath() + query);
  }

  private static IllegalArgumentException invalid(String rule) {
    return new IllegalArgumentException("uri is invalid: " + rule);
  }

  HostAndPort hostAndPort() {
    return JedisURIHelper.getHostAndPort(uri);
  }

  boolean isTls() {
    return JedisURIHelper.isRedisSSLScheme(uri);
  }

  /** Returns a configuration with the user, password, database, protocol, and TLS of the URI. */
  DefaultJedisClientConfig.Builder clientConfig() {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .user(JedisURIHelper.getUser(uri))
            .password(JedisURIHelper.getPassword(uri))
            .database(JedisURIHelper.getDBIndex(uri));
    @Nullable RedisProtocol protocol = JedisURIHelper.getRedisProtocol(uri);
    if (protocol != null) {
      config.protocol(protocol);
    }
    if (isTls()) {
      // These options take precedence and verify that the certificate names the host.
      config.sslOptions(SslOptions.builder().build());
    }
    return config;
  }

  /** Returns scheme, host, port, and database, without user and password. */
  @Override
  public String toString() {
    return uri.getScheme() + "://" + hostAndPort() + "/" + JedisURIHelper.getDBIndex(uri);
  }
}
