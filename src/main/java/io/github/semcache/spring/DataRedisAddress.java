package io.github.semcache.spring;

import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Converts the connection details of Boot, which come from {@code spring.data.redis.*}, from a
 * container annotated with {@code @ServiceConnection}, or from Docker Compose.
 */
final class DataRedisAddress {

  private DataRedisAddress() {}

  static RedisAddress of(DataRedisConnectionDetails details) {
    if (details.getSentinel() != null) {
      throw RedisAddress.unsupported("Sentinel");
    }
    if (details.getMasterReplica() != null) {
      throw RedisAddress.unsupported("static replicas");
    }
    RedisAddress.Credentials credentials =
        new RedisAddress.Credentials(details.getUsername(), details.getPassword());
    @Nullable SslBundle bundle = details.getSslBundle();
    boolean tls = bundle != null;
    Optional<SSLSocketFactory> ssl =
        Optional.ofNullable(bundle).map(b -> b.createSslContext().getSocketFactory());
    DataRedisConnectionDetails.@Nullable Cluster cluster = details.getCluster();
    if (cluster != null) {
      List<RedisAddress.Node> nodes =
          cluster.getNodes().stream()
              .map(node -> new RedisAddress.Node(node.host(), node.port()))
              .toList();
      return RedisAddress.ofCluster(nodes, credentials, tls, ssl);
    }
    DataRedisConnectionDetails.@Nullable Standalone server = details.getStandalone();
    if (server == null) {
      throw RedisAddress.unsupported("no server");
    }
    return RedisAddress.ofServer(
        new RedisAddress.Node(server.getHost(), server.getPort()),
        server.getDatabase(),
        credentials,
        tls,
        ssl);
  }
}
