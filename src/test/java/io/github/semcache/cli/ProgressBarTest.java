package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testkit.FakeClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final StringWriter out = new StringWriter();
  private final FakeClock time = new FakeClock();

  private ProgressBar bar(boolean enabled) {
    return new ProgressBar(new PrintWriter(out), enabled, "asking", 200, time::nanos);
  }

  @Test
  void redrawsProgressAndRemainingTimeInOneLine() {
    try (ProgressBar bar = bar(true)) {
      time.advance(Duration.ofSeconds(5));
      bar.accept(100);
    }

    assertThat(out.toString())
        .isEqualTo(
            "\rasking [###############---------------] 100 of 200, 5 s left\u001b[K\r\u001b[K");
  }

  @Test
  void drawsAtMostTenTimesASecond() {
    try (ProgressBar bar = bar(true)) {
      for (int i = 1; i < 200; i++) {
        time.advance(Duration.ofMillis(10));
        bar.accept(i);
      }
    }

    assertThat(out.toString().split("asking", -1)).hasSize(20);
  }

  @Test
  void printsNothingWithoutATerminal() {
    try (ProgressBar bar = bar(false)) {
      time.advance(Duration.ofSeconds(5));
      bar.accept(200);
    }

    assertThat(out.toString()).isEmpty();
  }
}
