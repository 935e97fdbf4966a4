package io.github.semcache.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SingleFlightTest {
  private static final String KEY = "key";

  private final SingleFlight<String> calls = new SingleFlight<>();

  @Test
  void maximumWaitCoversAllCallsThatAreFollowedInTurn() throws InterruptedException {
    Duration maxWait = Duration.ofSeconds(2);
    SingleFlight.Call<String> first = calls.join(KEY, null).call();
    CompletableFuture<String> follower = new CompletableFuture<>();
    long start = System.nanoTime();
    Thread thread =
        new Thread(
            () ->
                follower.complete(
                    calls.run(
                        KEY, Optional.of(maxWait), () -> "own call", result -> true, () -> false)));
    thread.start();
    Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    Thread.sleep(1_500);

    SingleFlight.Call<String> second = calls.takeOver(first, KEY, null);
    first.abandon(); // The follower now follows the second call.

    assertThat(follower.join()).isEqualTo("own call");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    second.complete("late");
  }
}
