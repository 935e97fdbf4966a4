package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FakeRedis;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisConnectionTest {
  private final RedisConnection connection = RedisConnection.of("redis://:secret@cache");

  @Test
  void addressDoesNotShowThePassword() {
    assertThat(connection).hasToString("RedisConnection[redis://cache:6379/0]");
    assertThat(connection.address()).isEqualTo("redis://cache:6379/0");
    assertThat(connection.cluster("other:7000")).asString().doesNotContain("secret");
  }

  @Test
  void optionsOutOfRangeAreRejected() {
    assertThatThrownBy(() -> connection.socketTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("socketTimeout is PT0S; it must be between 1 ms and 10 minutes");
    assertThatThrownBy(() -> connection.connectTimeout(Duration.ofHours(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("connectTimeout is PT1H");
    assertThatThrownBy(() -> connection.maxWait(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("maxWait is PT-0.001S");
    assertThatThrownBy(() -> connection.maxConnections(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxConnections is 0; it must be at least 1");
  }

  @Test
  void invalidUriIsRejectedWithoutQuotingIt() {
    assertThatThrownBy(() -> RedisConnection.of("redis://:secret word@cache"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> connection.cluster("user:secret@other:7000"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void failureToReachTheClusterDoesNotShowThePassword() {
    RedisConnection unreachable =
        RedisConnection.of("redis://app:secret@127.0.0.1:1").cluster("127.0.0.1:2");

    assertThatThrownBy(unreachable::open)
        .hasMessageContaining("read the cluster topology")
        .satisfies(failure -> assertThat(failure).hasStackTraceContaining("JedisCluster"))
        .satisfies(
            failure ->
                assertThat(org.assertj.core.util.Throwables.getStackTrace(failure))
                    .doesNotContain("secret"));
  }

  @Test
  void errorThatQuotesTheArgumentsOfACommandDoesNotShowThem() {
    try (FakeRedis server = new FakeRedis()) {
      server.on("AUTH", "-ERR unknown command 'AUTH', with args beginning with: 'app' 'secret' ");
      URI uri = server.uri();
      RedisConnection rejected =
          RedisConnection.of("redis://app:secret@" + uri.getHost() + ":" + uri.getPort());

      for (RedisConnection each : List.of(rejected, rejected.cluster())) {
        assertThatThrownBy(
                () -> RedisExceptions.translate("find an entry", () -> each.open().get("key")))
            .isInstanceOf(StoreException.class)
            .satisfies(
                failure ->
                    assertThat(org.assertj.core.util.Throwables.getStackTrace(failure))
                        .doesNotContain("secret"));
      }
      assertThatThrownBy(
              () -> RedisExceptions.translate("find an entry", () -> rejected.open().get("key")))
          .hasMessageContaining("ERR unknown command 'AUTH'");
    }
  }
}
