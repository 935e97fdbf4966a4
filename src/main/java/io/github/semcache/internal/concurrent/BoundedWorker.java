package io.github.semcache.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs background tasks one after the other on a daemon thread with a bounded queue and a time
 * limit per task, or on a user's executor. Tasks that do not fit into the queue are dropped. The
 * threads start on demand and end when idle. Thread-safe.
 */
public final class BoundedWorker implements AutoCloseable {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final Executor executor;
  private final Runnable shutdown;

  private BoundedWorker(Executor executor, Runnable shutdown) {
    this.executor = executor;
    this.shutdown = shutdown;
  }

  /**
   * Returns a worker that submits its tasks to a user's executor and adds no limits.
   *
   * @param executor the executor, which is not shut down here
   * @return the worker
   */
  public static BoundedWorker on(Executor executor) {
    return new BoundedWorker(executor, () -> {});
  }

  /**
   * Returns a worker with its own thread.
   *
   * @param name the name of the thread
   * @param capacity the maximum number of waiting tasks, at least 1
   * @param timeLimit the time after which a task is interrupted
   * @return the worker
   */
  public static BoundedWorker of(String name, int capacity, Duration timeLimit) {
    ThreadPoolExecutor worker =
        new ThreadPoolExecutor(
            1,
            1,
            KEEP_ALIVE.toMillis(),
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(capacity),
            task -> daemon(task, name));
    worker.allowCoreThreadTimeOut(true);
    ScheduledExecutorService timer = newTimer(name + "-timer");
    return new BoundedWorker(
        task -> worker.execute(() -> runWithLimit(task, timer, timeLimit)),
        () -> shutdown(worker, timer));
  }

  /** Creates a timer that removes canceled tasks immediately and whose thread ends when idle. */
  private static ScheduledExecutorService newTimer(String name) {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, name));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Submits a task. Blocks only if the user's executor does.
   *
   * @param task the task, which must not throw
   * @return false if the task was dropped or rejected
   */
  public boolean offer(Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private static void runWithLimit(
      Runnable task, ScheduledExecutorService timer, Duration timeLimit) {
    TaskInterrupter interrupter = new TaskInterrupter(Thread.currentThread());
    Future<?> timeout;
    try {
      timeout = timer.schedule(interrupter::interrupt, timeLimit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return; // The worker was closed when the task started.
    }
    try {
      task.run();
    } finally {
      interrupter.taskEnded();
      timeout.cancel(false);
    }
  }

  /**
   * Interrupts the current task, waits up to a second for its end, and drops the waiting tasks.
   * Idempotent.
   */
  @Override
  public void close() {
    shutdown.run();
  }

  private static void shutdown(ThreadPoolExecutor worker, ScheduledExecutorService timer) {
    worker.shutdownNow();
    timer.shutdownNow();
    try {
      worker.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Interrupts a thread, but never after its task has ended. */
  private static final class TaskInterrupter {
    private final Thread thread;
    private boolean ended;

    TaskInterrupter(Thread thread) {
      this.thread = thread;
    }

    synchronized void interrupt() {
      if (!ended) {
        thread.interrupt();
      }
    }

    synchronized void taskEnded() {
      ended = true;
    }
  }
}
