package io.github.semcache;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks one after the other on a daemon thread of its own. What does not fit into the queue is
 * dropped, what takes too long is interrupted, and what is left at the end is forgotten.
 */
final class JudgeQueue implements AutoCloseable {
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Duration limit;
  private final ThreadPoolExecutor worker;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "semcache-judge-watch"));

  JudgeQueue(int capacity, Duration limit) {
    this.limit = limit;
    this.worker =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(capacity),
            task -> daemon(task, "semcache-judge"));
    worker.allowCoreThreadTimeOut(true);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** False if the task was dropped. Does not block. */
  boolean offer(Runnable task) {
    try {
      worker.execute(() -> watched(task));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private void watched(Runnable task) {
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
