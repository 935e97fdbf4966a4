package io.github.semcache.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimeLimiterTest {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final TimeLimiter limiter = new TimeLimiter();

  @AfterEach
  void close() {
    limiter.close();
  }

  private TimeLimiter.Bulkhead bulkhead(UnaryOperator<Runnable> context) {
    return limiter.newBulkhead(context, Duration.ZERO);
  }

  @Test
  void callReturnsItsResult() throws TimeoutException {
    assertThat(bulkhead(task -> task).call(LIMIT, () -> 42)).isEqualTo(42);
  }

  @Test
  void callFailsWithTheExceptionOfItsContext() throws TimeoutException {
    RuntimeException failure = new IllegalStateException("no context");
    TimeLimiter.Bulkhead bulkhead =
        bulkhead(
            task ->
                () -> {
                  throw failure;
                });

    for (int i = 0; i < 2 * TimeLimiter.Bulkhead.MAX_CALLS; i++) {
      assertThatThrownBy(() -> bulkhead.call(LIMIT, () -> 42)).isSameAs(failure);
    }
  }

  @Test
  void resultAfterTheLimitIsPassedToTheHandler() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<String> late = new CompletableFuture<>();
    TimeLimiter.Bulkhead bulkhead = bulkhead(task -> task);

    assertThatThrownBy(
            () ->
                bulkhead.call(
                    Duration.ofMillis(10),
                    () -> {
                      awaitUninterruptibly(end);
                      return "late";
                    },
                    late::complete))
        .isInstanceOf(TimeoutException.class);
    assertThat(late).isNotDone();
    end.countDown();

    assertThat(late.get(20, TimeUnit.SECONDS)).isEqualTo("late");
  }

  @Test
  void resultInTimeIsNotPassedToTheHandler() throws TimeoutException {
    List<Integer> late = new CopyOnWriteArrayList<>();

    assertThat(bulkhead(task -> task).call(LIMIT, () -> 42, late::add)).isEqualTo(42);
    assertThat(late).isEmpty();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // The call ignores interrupts.
      }
    }
  }

  @Test
  void callFailsIfItsContextDoesNotRunIt() {
    TimeLimiter.Bulkhead bulkhead = bulkhead(task -> () -> {});

    assertThatThrownBy(() -> bulkhead.call(LIMIT, () -> 42))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("withContext");
  }
}
