package io.github.semcache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RedisAddressTest {

  private static RedisAddress address(Map<String, String> properties) {
    return RedisAddress.of(new Binder(new MapConfigurationPropertySource(properties)));
  }

  @Test
  void serverWithoutPropertiesIsTheLocalOne() {
    assertThat(address(Map.of()).uri()).isEqualTo("redis://localhost:6379/0");
  }

  @Test
  void credentialsAreEncodedAndTlsSelectsTheScheme() {
    assertThat(
            address(
                    Map.of(
                        "spring.data.redis.host", "redis.example",
                        "spring.data.redis.port", "7000",
                        "spring.data.redis.database", "2",
                        "spring.data.redis.username", "app",
                        "spring.data.redis.password", "p@ss: word/+#",
                        "spring.data.redis.ssl.enabled", "true"))
                .uri())
        .isEqualTo("rediss://app:p%40ss%3A%20word%2F%2B%23@redis.example:7000/2");
  }

  @Test
  void nodesOfAClusterAreSplit() {
    RedisAddress address =
        address(Map.of("spring.data.redis.cluster.nodes", "a:7000,b:7001,[::1]:7002"));

    assertThat(address.cluster()).isTrue();
    assertThat(address.uri()).isEqualTo("redis://a:7000");
    assertThat(address.otherNodes()).containsExactly("b:7001", "[::1]:7002");
  }

  @Test
  void unsupportedConnectionsAreRejectedWithTheRemedy() {
    assertThatThrownBy(() -> address(Map.of("spring.data.redis.sentinel.master", "main")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("Sentinel")
        .hasMessageContaining("RedisVectorStore");
    assertThatThrownBy(() -> address(Map.of("spring.data.redis.cluster.nodes", "a")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("host:port");
    assertThatThrownBy(() -> address(Map.of("spring.data.redis.ssl.bundle", "own")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("semcache.redis.uri");
  }
}
