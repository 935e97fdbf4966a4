package io.github.semcache.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testing.JavaProcess;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class SmallHeapTest {
  @Test
  void storeWithDefaultBoundsFitsIntoTheHeap() throws Exception {
    Process process =
        JavaProcess.of(
                SmallHeapProcess.class,
                List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"),
                "20000",
                "16000")
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).trim();

    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
    // A quarter of the heap is 32 MiB, and an entry takes 18 kB.
    assertThat(Integer.parseInt(output)).isBetween(1_600, 2_000);
  }
}
