package io.github.semcache.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MatchingDelayTest {
  private final MatchingDelay delay = new MatchingDelay();

  @Test
  void delayWithoutCallsIsASecond() {
    assertThat(delay.next()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void delaysAreThoseOfTheCalls() {
    delay.add(Duration.ofMillis(100));
    delay.add(Duration.ofMillis(300));
    Set<Duration> delays = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      delays.add(delay.next());
    }

    assertThat(delays).containsExactlyInAnyOrder(Duration.ofMillis(100), Duration.ofMillis(300));
  }

  @Test
  void delayIsAtMostTenSeconds() {
    delay.add(Duration.ofMinutes(5));

    assertThat(delay.next()).isEqualTo(MatchingDelay.MAX);
  }

  @Test
  void oldCallsAreForgotten() {
    delay.add(Duration.ofMinutes(5));
    for (int i = 0; i < 128; i++) {
      delay.add(Duration.ofMillis(1));
    }

    for (int i = 0; i < 1_000; i++) {
      assertThat(delay.next()).isEqualTo(Duration.ofMillis(1));
    }
  }
}
