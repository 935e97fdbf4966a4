package io.github.semcache.internal.concurrent;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs background tasks one after the other on a daemon thread with a bounded queue and a time
 * limit, or on a user's executor. A task consists of a computation, to which the time limit
 * applies, and an action that uses its result. Tasks that do not fit into the queue are dropped.
 * The threads start on demand and end when idle. Thread-safe.
 */
public final class BoundedWorker implements AutoCloseable {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final Executor executor;
  private final @Nullable TimeLimit timeLimit;
  private final Runnable shutdown;

  private BoundedWorker(Executor executor, @Nullable TimeLimit timeLimit, Runnable shutdown) {
    this.executor = executor;
    this.timeLimit = timeLimit;
    this.shutdown = shutdown;
  }

  /**
   * Returns a worker that submits its tasks to a user's executor and adds no limits.
   *
   * @param executor the executor, which is not shut down here
   * @return the worker
   */
  public static BoundedWorker on(Executor executor) {
    return new BoundedWorker(executor, null, () -> {});
  }

  /**
   * Returns a worker with its own thread.
   *
   * @param name the name of the thread
   * @param capacity the maximum number of waiting tasks, at least 1
   * @param timeLimit the time after which a computation is interrupted
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
        worker, new TimeLimit(timer, timeLimit), () -> shutdown(worker, timer));
  }

  /**
   * Returns a worker with its own thread for tasks that may block, and one that runs other tasks on
   * the calling thread, without limits.
   *
   * @param mayBlock whether the tasks may block
   * @param name the name of the thread
   * @param capacity the maximum number of waiting tasks, at least 1
   * @param timeLimit the time after which a computation is interrupted
   * @return the worker
   */
  public static BoundedWorker of(boolean mayBlock, String name, int capacity, Duration timeLimit) {
    return mayBlock ? of(name, capacity, timeLimit) : on(Runnable::run);
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
   * @param <T> the result of the computation
   * @param computation the part of the task that the time limit interrupts; must not throw
   * @param action receives the result; must not throw. The time limit does not interrupt it, not
   *     even if the computation ignored the interrupt
   * @return false if the task was dropped or rejected
   */
  public <T> boolean offer(Supplier<T> computation, Consumer<? super T> action) {
    TimeLimit limit = timeLimit;
    try {
      executor.execute(
          () -> {
            if (limit == null) {
              action.accept(computation.get());
            } else {
              limit.compute(computation).ifPresent(action);
            }
          });
      return true;
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      return false;
    }
  }

  /**
   * Submits a task that consists of a computation only.
   *
   * @param computation the task; must not throw
   * @return false if the task was dropped or rejected
   */
  public boolean offer(Runnable computation) {
    return offer(
        () -> {
          computation.run();
          return true;
        },
        done -> {});
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

  private record TimeLimit(ScheduledExecutorService timer, Duration limit) {

    /** Returns the result of a computation; empty if the worker was closed before its start. */
    <T> Optional<T> compute(Supplier<T> computation) {
      Interrupter interrupter = new Interrupter(Thread.currentThread());
      Future<?> timeout;
      try {
        long millis = TimeUnit.MILLISECONDS.convert(limit); // at most Long.MAX_VALUE
        timeout = timer.schedule(interrupter::interrupt, millis, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        return Optional.empty();
      }
      try {
        return Optional.of(computation.get());
      } finally {
        interrupter.end();
        timeout.cancel(false);
      }
    }
  }

  /** Interrupts a thread until the end of its computation. */
  private static final class Interrupter {
    private final Thread thread;
    private boolean interrupted;
    private boolean ended;

    Interrupter(Thread thread) {
      this.thread = thread;
    }

    synchronized void interrupt() {
      if (!ended) {
        interrupted = true;
        thread.interrupt();
      }
    }

    /** Clears the interrupt flag if this object set it. Called by the thread itself. */
    synchronized void end() {
      ended = true;
      if (interrupted) {
        Thread.interrupted();
      }
    }
  }
}
