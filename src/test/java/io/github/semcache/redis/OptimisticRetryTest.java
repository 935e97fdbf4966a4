package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.store.StoreException;
import org.junit.jupiter.api.Test;

class OptimisticRetryTest {

  @Test
  void updateFailsAfterAHundredFailedAttempts() {
    OptimisticRetry retry = new OptimisticRetry("update something");
    for (int i = 1; i < OptimisticRetry.MAX_ATTEMPTS; i++) {
      retry.attemptFailed();
    }

    assertThatThrownBy(retry::attemptFailed)
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "Redis failed to update something: another writer changed the data during each of 100"
                + " attempts");
  }
}
