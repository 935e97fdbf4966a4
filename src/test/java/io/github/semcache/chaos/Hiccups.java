package io.github.semcache.chaos;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Measures by how much this machine delays a thread that does nothing but sleep: scheduling by the
 * operating system, and pauses of the garbage collector. A request is delayed by as much.
 */
final class Hiccups implements AutoCloseable {
  private static final long SLEEP_NANOS = Duration.ofMillis(2).toNanos();

  private volatile boolean stopped;
  private volatile long longestNanos;

  /** Measures the delays of a platform thread. */
  Hiccups() {
    Thread thread = new Thread(this::measure, "hiccups");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Measures the delays of another thread.
   *
   * @param starter runs a task in a new thread
   */
  Hiccups(Executor starter) {
    starter.execute(this::measure);
  }

  private void measure() {
    while (!stopped) {
      long start = System.nanoTime();
      Pause.of(Duration.ofNanos(SLEEP_NANOS));
      longestNanos = Math.max(longestNanos, System.nanoTime() - start - SLEEP_NANOS);
    }
  }

  /** Returns the longest delay so far. */
  Duration longest() {
    return Duration.ofNanos(longestNanos);
  }

  @Override
  public void close() {
    stopped = true;
  }
}
