package io.github.semcache.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitBreakerPauseTest {
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private long now;
  private double random;
  private final CircuitBreaker breaker =
      new CircuitBreaker(2, Duration.ofSeconds(1), () -> now, () -> random);

  /** Returns the time until the next trial call, to the millisecond. */
  private double secondsToTrial() {
    long start = now;
    while (!breaker.tryAcquire()) {
      now += PAUSE / 1000;
    }
    breaker.onFailure();
    return (now - start) / 1e9;
  }

  private void open() {
    assertThat(breaker.onFailure()).isFalse();
    assertThat(breaker.onFailure()).isTrue();
    assertThat(breaker.isOpen()).isTrue();
  }

  @Test
  void pausesDoubleUpToSixteenTimesTheFirst() {
    open();
    for (double expected : new double[] {1, 2, 4, 8, 16, 16}) {
      assertThat(secondsToTrial()).isEqualTo(expected);
    }
  }

  @Test
  void pausesAreShortenedByUpToAQuarter() {
    random = 1;
    open();
    assertThat(secondsToTrial()).isEqualTo(0.75);
    assertThat(secondsToTrial()).isEqualTo(1.5);
  }

  @Test
  void pausesStartAgainAfterTheCircuitWasClosed() {
    open();
    secondsToTrial();
    secondsToTrial();
    assertThat(breaker.onSuccess()).isTrue();
    assertThat(breaker.onSuccess()).isFalse();

    open();
    assertThat(secondsToTrial()).isEqualTo(1);
  }
}
