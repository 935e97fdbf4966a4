package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.store.StoreException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

@Timeout(20)
class RedisExceptionsTest {
  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  private static void translate(RuntimeException failure) {
    RedisExceptions.translate(
        "find an entry",
        () -> {
          throw failure;
        });
  }

  @Test
  void cyclicChainOfCausesIsTranslated() {
    RuntimeException inner = new RuntimeException("inner");
    JedisException outer = new JedisException("outer", inner);
    inner.initCause(outer);

    assertThatThrownBy(() -> translate(outer))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("Redis failed to find an entry");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void missingPermissionNamesTheGuide() {
    for (String message :
        List.of(
            "NOPERM User app has no permissions to run the 'eval' command",
            "The user doesn't have a permission to execute a command")) {
      assertThatThrownBy(() -> translate(new JedisDataException(message)))
          .isInstanceOf(StoreException.class)
          .hasMessageContainingAll(message, "docs/redis.md");
    }
  }

  @Test
  void interruptInTheChainOfCausesIsRestored() {
    JedisException failure =
        new JedisException("outer", new RuntimeException(new InterruptedException()));

    assertThatThrownBy(() -> translate(failure)).isInstanceOf(StoreException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
