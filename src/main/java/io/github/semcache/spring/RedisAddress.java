package io.github.semcache.spring;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The address of a Redis server or cluster.
 *
 * @param uri the URI of the server, or of the first node of a cluster
 * @param cluster whether the URI is that of a cluster node
 * @param otherNodes the other nodes of the cluster, each {@code host:port}
 * @param sslSocketFactory creates the TLS sockets; empty for plain connections and for TLS with the
 *     trust store of the JVM
 */
record RedisAddress(
    String uri,
    boolean cluster,
    List<String> otherNodes,
    Optional<SSLSocketFactory> sslSocketFactory) {

  /** The address of a node. */
  record Node(String host, int port) {
    private static Node parse(String node) {
      int colon = node.lastIndexOf(':');
      try {
        return new Node(node.substring(0, colon), Integer.parseInt(node.substring(colon + 1)));
      } catch (IndexOutOfBoundsException | NumberFormatException e) {
        throw new InvalidConfigurationException(
            "spring.data.redis.cluster.nodes contains '" + node + "'",
            "Set each node in the form host:port.",
            e);
      }
    }

    @Override
    public String toString() {
      return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  static RedisAddress ofUri(String uri) {
    return new RedisAddress(uri, false, List.of(), Optional.empty());
  }

  static RedisAddress ofServer(
      Node server,
      int database,
      Credentials credentials,
      boolean tls,
      Optional<SSLSocketFactory> ssl) {
    return new RedisAddress(uri(server, credentials, tls) + "/" + database, false, List.of(), ssl);
  }

  static RedisAddress ofCluster(
      List<Node> nodes, Credentials credentials, boolean tls, Optional<SSLSocketFactory> ssl) {
    return new RedisAddress(
        uri(nodes.get(0), credentials, tls),
        true,
        nodes.stream().skip(1).map(Node::toString).toList(),
        ssl);
  }

  private static String uri(Node node, Credentials credentials, boolean tls) {
    return (tls ? "rediss://" : "redis://") + credentials.userInfo() + node;
  }

  /** The user and the password. */
  record Credentials(@Nullable String user, @Nullable String password) {

    private String userInfo() {
      if (password == null || password.isEmpty()) {
        return "";
      }
      return (user == null ? "" : encode(user)) + ":" + encode(password) + "@";
    }

    private static String encode(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
  }

  /** The properties {@code spring.data.redis.*} that Boot 3.5 and Boot 4 have in common. */
  record Properties(
      @Nullable String url,
      @DefaultValue("localhost") String host,
      @DefaultValue("6379") int port,
      int database,
      @Nullable String username,
      @Nullable String password,
      @DefaultValue Ssl ssl,
      @Nullable Cluster cluster,
      @Nullable Sentinel sentinel) {

    record Ssl(@Nullable Boolean enabled, @Nullable String bundle) {}

    record Cluster(@DefaultValue List<String> nodes) {}

    record Sentinel(@Nullable String master) {}
  }

  /**
   * Reads the properties {@code spring.data.redis.*}, for applications without Boot's module for
   * Redis.
   */
  static RedisAddress of(Binder binder) {
    Properties properties = binder.bindOrCreate("spring.data.redis", Properties.class);
    if (properties.sentinel() != null) {
      throw unsupported("Sentinel");
    }
    if (properties.ssl().bundle() != null) {
      throw new InvalidConfigurationException(
          "spring.data.redis.ssl.bundle is set, but Boot's module for Redis is not on the class path",
          "Add org.springframework.boot:spring-boot-data-redis, or set semcache.redis.uri.");
    }
    boolean tls = Boolean.TRUE.equals(properties.ssl().enabled());
    Credentials credentials = new Credentials(properties.username(), properties.password());
    Properties.@Nullable Cluster cluster = properties.cluster();
    if (cluster != null && !cluster.nodes().isEmpty()) {
      return ofCluster(
          cluster.nodes().stream().map(Node::parse).toList(), credentials, tls, Optional.empty());
    }
    @Nullable String url = properties.url();
    return url != null
        ? ofUri(url)
        : ofServer(
            new Node(properties.host(), properties.port()),
            properties.database(),
            credentials,
            tls,
            Optional.empty());
  }

  static InvalidConfigurationException unsupported(String deployment) {
    return new InvalidConfigurationException(
        "spring.data.redis configures "
            + deployment
            + ", which the semantic cache cannot connect to by properties",
        "Define a bean of type io.github.semcache.redis.RedisVectorStore that uses your Jedis"
            + " client, or set semcache.redis.uri to the URI of a server.");
  }
}
