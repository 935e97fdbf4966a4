package io.github.semcache.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConditionPollerTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ConditionPoller poller = new ConditionPoller("test-poller");

  @AfterEach
  void close() {
    poller.close();
  }

  @Test
  void futureCompletesWhenTheConditionHolds() throws Exception {
    AtomicBoolean condition = new AtomicBoolean();
    AtomicInteger checks = new AtomicInteger();
    CompletableFuture<Void> ended =
        poller.await(
            () -> {
              checks.incrementAndGet();
              return condition.get();
            },
            LONG);
    await().until(() -> checks.get() > 1);
    assertThat(ended).isNotDone();

    condition.set(true);

    ended.get(10, TimeUnit.SECONDS);
  }

  @Test
  void futureCompletesAfterTheMaximumWait() throws Exception {
    long start = System.nanoTime();

    poller.await(() -> false, Duration.ofMillis(50)).get(10, TimeUnit.SECONDS);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(49));
  }

  @Test
  void futureCompletesWhenTheConditionThrows() throws Exception {
    CompletableFuture<Void> other = poller.await(() -> false, LONG);

    poller
        .await(
            () -> {
              throw new IllegalStateException("thrown by the condition");
            },
            LONG)
        .get(10, TimeUnit.SECONDS);

    assertThat(other).isNotDone();
  }

  @Test
  void closingCompletesAllFutures() throws Exception {
    CompletableFuture<Void> waiting = poller.await(() -> false, LONG);

    poller.close();

    waiting.get(10, TimeUnit.SECONDS);
    poller.await(() -> false, LONG).get(10, TimeUnit.SECONDS);
  }
}
