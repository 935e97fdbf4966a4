package io.github.semcache.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs blocking calls on the user's executor, or on at most 256 daemon threads that it owns, and
 * their short first steps on as many others. The threads start on demand and end after a minute
 * without work. Thread-safe.
 */
public final class AsyncExecutor implements AutoCloseable {
  /**
   * The maximum number of threads of this executor. Most of them wait for a model, so they use
   * memory but little CPU time.
   */
  static final int MAX_THREADS = 256;

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);

  private final @Nullable ExecutorService owned;
  private final @Nullable ExecutorService firstSteps;
  private final Executor background;
  private final Executor executor;

  /**
   * Creates an executor without threads.
   *
   * @param executor the user's executor, which is not shut down here; null to use threads of this
   *     executor
   */
  public AsyncExecutor(@Nullable Executor executor) {
    if (executor == null) {
      ExecutorService threads = newThreadPool(AsyncThread::new);
      this.owned = threads;
      this.firstSteps = newThreadPool(AsyncExecutor::newLookupThread);
      this.background = threads;
    } else {
      this.owned = null;
      this.firstSteps = null;
      this.background = executor;
    }
    this.executor = rejecting(background);
  }

  /**
   * Returns an executor whose only exception is a rejection, if a task was not started: executors
   * also throw errors, for example if no thread can be created.
   */
  private static Executor rejecting(Executor executor) {
    return task -> {
      AtomicBoolean started = new AtomicBoolean();
      try {
        executor.execute(
            () -> {
              started.set(true);
              task.run();
            });
      } catch (Throwable e) {
        FatalErrors.rethrowIfFatal(e);
        if (started.get() || e instanceof RejectedExecutionException) {
          throw e; // A task that fails on the calling thread was not rejected.
        }
        throw new RejectedExecutionException("the executor failed", e);
      }
    };
  }

  private static ExecutorService newThreadPool(ThreadFactory threads) {
    HandoffQueue queue = new HandoffQueue();
    return new ThreadPoolExecutor(
        0,
        MAX_THREADS,
        KEEP_ALIVE.toMillis(),
        TimeUnit.MILLISECONDS,
        queue,
        threads,
        queue::enqueueRejected);
  }

  private static Thread newLookupThread(Runnable task) {
    Thread thread = new Thread(task, "semcache-async-lookup");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Submits a call.
   *
   * @param <T> the result of the call
   * @param call the call
   * @return a future of the result, or one that failed with the executor's rejection
   */
  public <T> CompletableFuture<T> submit(Supplier<T> call) {
    try {
      return CompletableFuture.supplyAsync(call, executor);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Submits a call without a result.
   *
   * @param call the call
   * @return a future that completes after the call, or one that failed with the executor's
   *     rejection
   */
  public CompletableFuture<Void> run(Runnable call) {
    try {
      return CompletableFuture.runAsync(call, executor);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Submits a call whose first step is short. The first steps run on threads of their own, so they
   * do not wait for the calls that hold all other threads. On the user's executor, and on a thread
   * of this executor, both steps are one call.
   *
   * @param <S> the result of the first step
   * @param <T> the result of the call
   * @param first the first step
   * @param isShort whether the rest of the call is short as well
   * @param rest the rest of the call
   * @return a future of the result, or one that failed with the executor's rejection
   */
  public <S, T> CompletableFuture<T> submit(
      Supplier<S> first, Predicate<S> isShort, Function<S, T> rest) {
    if (firstSteps == null || Thread.currentThread() instanceof AsyncThread) {
      return submit(() -> rest.apply(first.get()));
    }
    try {
      return CompletableFuture.supplyAsync(first, rejecting(firstSteps))
          .thenCompose(
              result ->
                  isShort.test(result)
                      ? CompletableFuture.completedFuture(rest.apply(result))
                      : submit(() -> rest.apply(result)));
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Returns the executor that the calls run on.
   *
   * @return an executor that throws a {@link RejectedExecutionException} if it cannot run a task
   */
  public Executor executor() {
    return executor;
  }

  /**
   * Returns the executor for background tasks, whose owners publish what it throws.
   *
   * @return the user's executor, or the threads of this one
   */
  public Executor background() {
    return background;
  }

  /**
   * Shuts down the threads of this executor after their current calls. The user's executor stays
   * open.
   */
  @Override
  public void close() {
    if (owned != null) {
      owned.shutdown();
    }
    if (firstSteps != null) {
      firstSteps.shutdown();
    }
  }

  private static final class AsyncThread extends Thread {
    AsyncThread(Runnable task) {
      super(task, "semcache-async");
      setDaemon(true);
    }
  }

  /**
   * An unbounded queue that accepts a task only if an idle thread takes it immediately, so that the
   * pool starts threads up to its maximum before tasks wait.
   */
  private static final class HandoffQueue extends LinkedTransferQueue<Runnable> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean offer(Runnable task) {
      return tryTransfer(task);
    }

    /**
     * Handles a task that found all threads busy. A task submitted by one of these threads runs
     * immediately on that thread. Otherwise all threads could wait for queued tasks, which would be
     * a deadlock.
     */
    void enqueueRejected(Runnable task, ThreadPoolExecutor pool) {
      if (!pool.isShutdown() && Thread.currentThread() instanceof AsyncThread) {
        task.run();
        return;
      }
      put(task);
      if (pool.isShutdown() && remove(task)) {
        throw new RejectedExecutionException("the cache is closed");
      }
      // All threads may have timed out after they rejected the task.
      if (pool.getPoolSize() == 0 && remove(task)) {
        pool.execute(task);
      }
    }
  }
}
