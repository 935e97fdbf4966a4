package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testing.TlsProxy;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;

/** TLS connections, with a certificate for localhost that only a dedicated trust store contains. */
@EnabledIfRedis
class RedisTlsIT extends RedisFixture {
  @TempDir Path directory;
  private TlsProxy proxy;

  @BeforeEach
  void startProxy() throws Exception {
    proxy = TlsProxy.start(RedisServers.uri(), directory);
  }

  @AfterEach
  void closeProxy() {
    proxy.close();
  }

  private RedisClient trusting(String host) {
    SslOptions options =
        SslOptions.builder()
            .truststore(proxy.trustStore().toFile(), TlsProxy.PASSWORD.toCharArray())
            .trustStoreType("PKCS12")
            .build();
    return RedisClient.builder()
        .hostAndPort(host, proxy.port())
        .clientConfig(DefaultJedisClientConfig.builder().sslOptions(options).build())
        .build();
  }

  @Test
  void clientThatTrustsTheCertificateIsAccepted() {
    try (RedisClient client = trusting("localhost")) {
      RedisVectorStore encrypted =
          RedisVectorStore.builder(client, SPACE).cacheName(cacheName).build();
      CacheEntry entry = put(encrypted, "what?", 0);

      assertThat(encrypted.find(entry.key())).contains(entry);
      assertThat(nearest(encrypted)).containsExactly(entry);
    }
  }

  @Test
  void ownConnectionRejectsACertificateThatTheJvmDoesNotTrust() {
    URI uri = URI.create("rediss://localhost:" + proxy.port());
    try (RedisVectorStore untrusting =
        RedisVectorStore.builder(RedisConnection.of(uri), SPACE).cacheName(cacheName).build()) {
      assertThatThrownBy(() -> untrusting.find("key"))
          .isInstanceOf(StoreException.class)
          .hasStackTraceContaining("unable to find valid certification path");
    }
  }

  @Test
  void certificateForAnotherHostIsRejected() {
    try (RedisClient client = trusting("127.0.0.1")) {
      RedisVectorStore otherHost =
          RedisVectorStore.builder(client, SPACE).cacheName(cacheName).build();
      assertThatThrownBy(() -> otherHost.find("key"))
          .isInstanceOf(StoreException.class)
          .hasStackTraceContaining("No subject alternative names");
    }
  }
}
