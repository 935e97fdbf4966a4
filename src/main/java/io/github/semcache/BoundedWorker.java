package io.github.semcache;

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
 * Runs tasks away from the caller: one after the other on a daemon thread of its own, or wherever
 * the user says. What does not fit in is dropped. On the thread of its own, what takes too long is
 * interrupted, and what is left at the end is forgotten.
 */
final class BoundedWorker implements AutoCloseable {
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Executor executor;
  private final Runnable end;

  private BoundedWorker(Executor executor, Runnable end) {
    this.executor = executor;
    this.end = end;
  }

  /** Leaves tasks to an executor, and it open. */
  static BoundedWorker on(Executor executor) {
    return new BoundedWorker(executor, () -> {});
  }

  /**
   * Runs tasks on a thread of its own.
   *
   * @param name of its threads
   * @param capacity how many tasks may wait
   * @param limit how long a task may take
   */
  static BoundedWorker of(String name, int capacity, Duration limit) {
    ThreadPoolExecutor worker =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(capacity),
            task -> daemon(task, name));
    worker.allowCoreThreadTimeOut(true);
    ScheduledExecutorService watch = watch(name + "-watch");
    return new BoundedWorker(
        task -> worker.execute(() -> watched(task, watch, limit)), () -> stop(worker, watch));
  }

  /** Forgets a timer as soon as it is cancelled, not when its time has come. */
  private static ScheduledExecutorService watch(String name) {
    ScheduledThreadPoolExecutor watch =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, name));
    watch.setRemoveOnCancelPolicy(true);
    return watch;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * False if the task was dropped, for whatever reason the user's executor has. Blocks no longer
   * than that does.
   *
   * @param task throws nothing
   */
  boolean offer(Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private static void watched(Runnable task, ScheduledExecutorService watch, Duration limit) {
    Deadline deadline = new Deadline(Thread.currentThread());
    Future<?> timer;
    try {
      timer = watch.schedule(deadline::pass, limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return; // It was closed as the task began.
    }
    try {
      task.run();
    } finally {
      deadline.meet();
      timer.cancel(false);
    }
  }

  /** Interrupts the task under way and waits a moment for it to end. May be called twice. */
  @Override
  public void close() {
    end.run();
  }

  private static void stop(ThreadPoolExecutor worker, ScheduledExecutorService watch) {
    worker.shutdownNow();
    watch.shutdownNow();
    try {
      worker.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Interrupts a thread, but never after its task has ended. */
  private static final class Deadline {
    private final Thread thread;
    private boolean met;

    Deadline(Thread thread) {
      this.thread = thread;
    }

    synchronized void pass() {
      if (!met) {
        thread.interrupt();
      }
    }

    synchronized void meet() {
      met = true;
    }
  }
}
