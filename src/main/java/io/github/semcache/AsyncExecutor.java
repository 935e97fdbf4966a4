package io.github.semcache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs blocking calls on the caller's executor, or on daemon threads of its own. */
final class AsyncExecutor implements AutoCloseable {
  /** Calls that wait for the model cost memory but no work. */
  static final int MAX_THREADS = 256;

  private static final Duration IDLE = Duration.ofSeconds(60);

  private final @Nullable ExecutorService owned;
  private final Executor executor;

  AsyncExecutor(@Nullable Executor given) {
    if (given == null) {
      ExecutorService threads = threads();
      owned = threads;
      executor = threads;
    } else {
      owned = null;
      executor = given;
    }
  }

  private static ExecutorService threads() {
    Waiting waiting = new Waiting();
    return new ThreadPoolExecutor(
        0,
        MAX_THREADS,
        IDLE.toMillis(),
        TimeUnit.MILLISECONDS,
        waiting,
        AsyncThread::new,
        waiting::enqueue);
  }

  /** A future of the call, which ends with the executor's refusal if it takes no more. */
  <T> CompletableFuture<T> run(Supplier<T> call) {
    try {
      return CompletableFuture.supplyAsync(call, executor);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  Executor executor() {
    return executor;
  }

  /** Lets calls under way end; leaves the caller's executor alone. */
  @Override
  public void close() {
    if (owned != null) {
      owned.shutdown();
    }
  }

  private static final class AsyncThread extends Thread {
    AsyncThread(Runnable task) {
      super(task, "semcache-async");
      setDaemon(true);
    }
  }

  /**
   * Calls that wait for a thread. It takes one only for a thread that is idle, so that the pool
   * begins more threads while it may.
   */
  private static final class Waiting extends LinkedTransferQueue<Runnable> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean offer(Runnable task) {
      return tryTransfer(task);
    }

    /**
     * All threads are busy. A call that was made by one of them runs there and then: if it waited,
     * and its caller for it, all of them could wait for each other.
     */
    void enqueue(Runnable task, ThreadPoolExecutor pool) {
      if (!pool.isShutdown() && Thread.currentThread() instanceof AsyncThread) {
        task.run();
        return;
      }
      put(task);
      if (pool.isShutdown() && remove(task)) {
        throw new RejectedExecutionException("the cache is closed");
      }
    }
  }
}
