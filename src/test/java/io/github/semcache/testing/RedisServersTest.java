package io.github.semcache.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RedisServersTest {

  @Test
  void testsThatCannotHaveTheirServerAreSkippedOrFailIfItIsRequired() {
    Optional<String> why = Optional.of("no server is on the PATH");

    assertThat(RedisServers.unlessRequired(why, false)).isEqualTo(why);
    assertThat(RedisServers.unlessRequired(Optional.empty(), true)).isEmpty();
    assertThatThrownBy(() -> RedisServers.unlessRequired(why, true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("SEMCACHE_TEST_REDIS_REQUIRED", "no server is on the PATH");
  }
}
