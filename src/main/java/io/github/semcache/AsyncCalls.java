package io.github.semcache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs blocking calls on the caller's executor, or on daemon threads of its own. */
final class AsyncCalls implements AutoCloseable {
  private final @Nullable ExecutorService owned;
  private final Executor executor;

  AsyncCalls(@Nullable Executor given) {
    if (given == null) {
      ExecutorService threads = Executors.newCachedThreadPool(AsyncCalls::daemon);
      owned = threads;
      executor = threads;
    } else {
      owned = null;
      executor = given;
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "semcache-async");
    thread.setDaemon(true);
    return thread;
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
}
