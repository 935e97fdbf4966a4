package io.github.semcache.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MonotonicClockTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Instant wall = START;
  private long nanos;
  private final MonotonicClock clock = MonotonicClock.of(() -> wall, () -> nanos);

  private void pass(Duration time) {
    wall = wall.plus(time);
    nanos += time.toNanos();
  }

  @Test
  void followsTheUnderlyingClock() {
    pass(Duration.ofHours(3));
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(3)));
  }

  @Test
  void continuesWithTheTickerIfTheClockIsSetBack() {
    pass(Duration.ofHours(3));
    clock.instant();

    pass(Duration.ofMinutes(1));
    wall = wall.minus(Duration.ofHours(2));
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofMinutes(181)));

    pass(Duration.ofMinutes(1));
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofMinutes(182)));
  }

  @Test
  void approachesTheUnderlyingClockIfThatIsSetForwardAgain() {
    wall = wall.minus(Duration.ofHours(2));
    assertThat(clock.instant()).isEqualTo(START);

    wall = wall.plus(Duration.ofHours(2));
    assertThat(clock.instant()).isEqualTo(START);
    wall = wall.plus(Duration.ofHours(5));
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(5)));
  }

  @Test
  void smallCorrectionsDoNotAddUp() {
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(2));
      clock.instant();
      wall = wall.minus(Duration.ofMillis(900));
      assertThat(clock.instant()).isBetween(wall, wall.plus(Duration.ofSeconds(1)));
    }
  }

  @Test
  void startsAtTheGivenTimeIfThatIsLater() {
    clock.advanceTo(START.plus(Duration.ofHours(1)));
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(1)));

    clock.advanceTo(START);
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(1)));
  }
}
