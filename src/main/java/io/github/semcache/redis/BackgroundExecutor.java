package io.github.semcache.redis;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs the background tasks of a store one at a time on a daemon thread. The thread starts on
 * demand and ends after ten seconds without a task.
 */
final class BackgroundExecutor implements Executor, AutoCloseable {
  private static final int QUEUE_CAPACITY = 64;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  private final ThreadPoolExecutor executor;

  BackgroundExecutor() {
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            KEEP_ALIVE.toMillis(),
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(QUEUE_CAPACITY),
            BackgroundExecutor::newThread);
    executor.allowCoreThreadTimeOut(true);
  }

  private static Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "semcache-redis");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Schedules a task.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the queue is full or the executor is
   *     closed
   */
  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  /** Interrupts the running task and discards the waiting ones. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
