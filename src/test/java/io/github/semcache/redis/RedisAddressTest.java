package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisProtocol;

class RedisAddressTest {
  private static RedisAddress address(String uri) {
    return RedisAddress.of(URI.create(uri));
  }

  @Test
  void hostAloneHasTheDefaults() {
    RedisAddress address = address("redis://cache.example");

    assertThat(address.host()).isEqualTo("cache.example");
    assertThat(address.port()).isEqualTo(6379);
    assertThat(address.tls()).isFalse();
    assertThat(address.database()).isZero();
    assertThat(address.user()).isEmpty();
    assertThat(address.password()).isEmpty();
    assertThat(address.protocol()).isEmpty();
  }

  @Test
  void everyPartIsRead() {
    RedisAddress address = address("rediss://us%40er:pa%2Bss+%3A@cache:7000/3?protocol=3");

    assertThat(address.port()).isEqualTo(7000);
    assertThat(address.tls()).isTrue();
    assertThat(address.database()).isEqualTo(3);
    assertThat(address.user()).contains("us@er");
    assertThat(address.password()).contains("pa+ss+:");
    assertThat(address.protocol()).contains(RedisProtocol.RESP3);
    assertThat(address).hasToString("rediss://cache:7000/3");
  }

  @Test
  void passwordNeedsNoUser() {
    assertThat(address("redis://:secret@cache").user()).isEmpty();
    assertThat(address("redis://:secret@cache").password()).contains("secret");
    assertThat(address("REDIS://cache/").database()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://cache",
        "cache:6379",
        "redis:cache",
        "redis://under_score",
        "redis://user@cache",
        "redis://cache/x",
        "redis://cache/1/2",
        "redis://cache/-1",
        "redis://cache?protocol=4",
        "redis://:secret@cache?timeout=1"
      })
  void otherAddressesAreRefused(String uri) {
    assertThatThrownBy(() -> address(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("uri cannot be used: ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void connectionChecksItsOptions() {
    RedisConnection connection = RedisConnection.of("redis://:secret@cache");

    assertThat(connection).hasToString("RedisConnection[redis://cache:6379/0]");
    assertThat(connection.address()).isEqualTo("redis://cache:6379/0");
    assertThatThrownBy(() -> connection.socketTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("socketTimeout is PT0S; it must be between 1 ms and 10 minutes");
    assertThatThrownBy(() -> connection.connectTimeout(Duration.ofHours(1)))
        .hasMessageStartingWith("connectTimeout is PT1H");
    assertThatThrownBy(() -> connection.maxWait(Duration.ofMillis(-1)))
        .hasMessageStartingWith("maxWait is PT-0.001S");
    assertThatThrownBy(() -> connection.maxConnections(0))
        .hasMessage("maxConnections is 0; it must be at least 1");
    assertThatThrownBy(() -> RedisConnection.of("redis://:secret word@cache"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }
}
