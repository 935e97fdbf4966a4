package io.github.semcache.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RedisServersTest {

  @Test
  void missingServerSkipsTestsOrFailsThemIfItIsRequired() {
    Optional<String> reason = Optional.of("no server is on the PATH");

    assertThat(RedisServers.unlessRequired(reason, false)).isEqualTo(reason);
    assertThat(RedisServers.unlessRequired(Optional.empty(), true)).isEmpty();
    assertThatThrownBy(() -> RedisServers.unlessRequired(reason, true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("SEMCACHE_TEST_REDIS_REQUIRED", "no server is on the PATH");
  }
}
