package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisProtocol;

class RedisUriTest {
  private static RedisUri of(String uri) {
    return RedisUri.of(URI.create(uri));
  }

  private static DefaultJedisClientConfig config(String uri) {
    return of(uri).clientConfig().build();
  }

  @Test
  void uriWithHostOnlyHasTheDefaults() {
    DefaultJedisClientConfig config = config("redis://cache.example");

    assertThat(of("redis://cache.example").hostAndPort())
        .isEqualTo(new HostAndPort("cache.example", 6379));
    assertThat(config.isSsl()).isFalse();
    assertThat(config.getSslOptions()).isNull();
    assertThat(config.getDatabase()).isZero();
    assertThat(config.getUser()).isNull();
    assertThat(config.getPassword()).isNull();
    DefaultJedisClientConfig defaults = DefaultJedisClientConfig.builder().build();
    assertThat(config.getRedisProtocol()).isEqualTo(defaults.getRedisProtocol());
  }

  @Test
  void everyPartIsRead() {
    RedisUri uri = of("rediss://us%40er:pa%2Bss+%3A@cache:7000/3?protocol=3");
    DefaultJedisClientConfig config = uri.clientConfig().build();

    assertThat(uri.hostAndPort()).isEqualTo(new HostAndPort("cache", 7000));
    assertThat(config.getSslOptions()).isNotNull();
    assertThat(config.getDatabase()).isEqualTo(3);
    assertThat(config.getUser()).isEqualTo("us@er");
    assertThat(config.getPassword()).isEqualTo("pa+ss+:");
    assertThat(config.getRedisProtocol()).isEqualTo(RedisProtocol.RESP3);
    assertThat(uri).hasToString("rediss://cache:7000/3");
  }

  @Test
  void passwordWithoutUserIsAccepted() {
    assertThat(config("redis://:secret@cache").getUser()).isNull();
    assertThat(config("redis://:secret@cache").getPassword()).isEqualTo("secret");
  }

  @Test
  void schemeIsCaseInsensitive() {
    assertThat(config("REDIS://cache/").getDatabase()).isZero();
    assertThat(config("REDIS://cache/").getSslOptions()).isNull();
    assertThat(config("RedisS://cache").getSslOptions()).isNotNull();
  }

  @Test
  void addressOfIpVersion6IsAccepted() {
    assertThat(of("redis://:secret@[::1]:7000").hostAndPort())
        .isEqualTo(new HostAndPort("[::1]", 7000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://:secret@cache",
        "secret:6379",
        "redis:secret",
        "redis://under_score",
        "redis://user:secret@under_score",
        "redis://secret@cache",
        "redis://us%3Aer:secret@cache",
        "redis://us%3aer:secret@cache",
        "redis://cache/secret",
        "redis://user:1/secret@cache",
        "redis://cache/1/2",
        "redis://cache/-1",
        "redis://cache?protocol=4",
        "redis://cache?protocol=secret",
        "redis://user:1?secret@cache",
        "redis://user:1#secret@cache",
        "redis://:secret@cache?timeout=1"
      })
  void invalidUriIsRejectedWithoutQuotingIt(String uri) {
    assertThatThrownBy(() -> of(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("uri is invalid: ")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void textThatIsNotAUriIsRejectedWithoutQuotingIt() {
    assertThatThrownBy(() -> RedisUri.parse("redis://:secret word@cache"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("uri is not a URI (")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void clusterNodeIsHostAndPort() {
    assertThat(RedisUri.parseNode("node-2:7001")).isEqualTo(new HostAndPort("node-2", 7001));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "node_2:7001",
        "user:secret@node:7001",
        "user:1/secret@node:7001",
        "rediss://:secret@node:7001",
        "node:7001/0",
        "node:7001?protocol=3",
        "node:secret",
        "secret word:7001"
      })
  void invalidClusterNodeIsRejectedWithoutQuotingIt(String node) {
    assertThatThrownBy(() -> RedisUri.parseNode(node))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("otherNodes contains an invalid node")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }
}
