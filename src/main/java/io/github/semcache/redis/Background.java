package io.github.semcache.redis;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs a store's occasional commands one after the other, on a daemon thread that ends when there
 * is nothing to do. Refuses more than a few that wait.
 */
final class Background implements Executor, AutoCloseable {
  private static final int MAX_WAITING = 64;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final ThreadPoolExecutor thread;

  Background() {
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Background::daemon);
    thread.allowCoreThreadTimeOut(true);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "semcache-redis");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Runs a task later.
   *
   * @throws java.util.concurrent.RejectedExecutionException if too many wait, or it is closed
   */
  @Override
  public void execute(Runnable task) {
    thread.execute(task);
  }

  /** Interrupts what runs and drops what waits. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
