package io.github.semcache.adapter;

import static java.util.Objects.requireNonNull;

import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the calls of a wrapped client through a cache. If the cache is closed, or its executor
 * rejects a call, the model is called directly. Thread-safe.
 */
public final class CallDriver {

  private CallDriver() {}

  /**
   * Runs a call on the calling thread. Blocks until the result is available.
   *
   * @param <R> the result of the call
   * @param cache the cache
   * @param handler the steps of the call
   * @return the result of the step that ended the call
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for another call; its interrupt flag is set
   * @throws RuntimeException if a step or the awaited call fails; the exception is not wrapped
   */
  public static <R> R run(SemanticCache cache, CallHandler<R> handler) {
    Optional<CacheCall> begun = begin(cache, handler);
    if (begun.isEmpty()) {
      return handler.bypass();
    }
    CacheCall call = begun.get();
    Optional<R> result = settle(call, handler);
    while (result.isEmpty()) {
      call = awaited(call).await();
      result = settle(call, handler);
    }
    return result.get();
  }

  /**
   * Runs a call on the cache's {@linkplain SemanticCache#executor executor}. No thread is held
   * while the call waits for another one or for the model.
   *
   * @param <R> the result of the call
   * @param cache the cache
   * @param handler the steps of the call
   * @return a future with the result or the exception of the step that ended the call. Canceling it
   *     does not stop the call
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the inner future is returned
  public static <R> CompletableFuture<R> runAsync(
      SemanticCache cache, CallHandler<CompletableFuture<R>> handler) {
    Supplier<CompletableFuture<R>> begin =
        () ->
            begin(cache, handler)
                .map(call -> settleAsync(call, handler))
                .orElseGet(handler::bypass);
    try {
      return CompletableFuture.supplyAsync(begin, cache.executor()).thenCompose(result -> result);
    } catch (RejectedExecutionException e) {
      return start(handler::bypass);
    }
  }

  /** Returns the state of a new call; empty if the cache is closed. */
  private static Optional<CacheCall> begin(SemanticCache cache, CallHandler<?> handler) {
    try {
      return Optional.of(handler.begin());
    } catch (IllegalStateException e) {
      if (cache.isClosed()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Returns the result of the step that ends the call; empty if the call has to wait. */
  private static <R> Optional<R> settle(CacheCall call, CallHandler<R> handler) {
    if (call instanceof CacheCall.Answered answered) {
      return Optional.of(handler.answered(answered.answer()));
    } else if (call instanceof CacheCall.Lead lead) {
      return Optional.of(handler.lead(lead));
    } else if (call instanceof CacheCall.Shared shared) {
      return handler.join(shared);
    }
    return Optional.empty();
  }

  private static <R> CompletableFuture<R> settleAsync(
      CacheCall call, CallHandler<CompletableFuture<R>> handler) {
    return settle(call, handler).orElseGet(() -> settleNext(awaited(call), handler));
  }

  /** Calls the model directly if the cache's executor rejects the continuation of the call. */
  private static <R> CompletableFuture<R> settleNext(
      CacheCall.Follow follow, CallHandler<CompletableFuture<R>> handler) {
    return follow
        .next()
        .thenApply(next -> (Supplier<CompletableFuture<R>>) () -> settleAsync(next, handler))
        .exceptionally(failure -> () -> bypassIfRejected(failure, handler))
        .thenCompose(Supplier::get);
  }

  /** Returns the call to wait for if {@link #settle} has no result. */
  private static CacheCall.Follow awaited(CacheCall call) {
    return call instanceof CacheCall.Shared shared ? shared.again() : (CacheCall.Follow) call;
  }

  private static <R> CompletableFuture<R> bypassIfRejected(
      Throwable failure, CallHandler<CompletableFuture<R>> handler) {
    return causeOf(failure) instanceof RejectedExecutionException
        ? start(handler::bypass)
        : CompletableFuture.failedFuture(failure);
  }

  /**
   * Starts an asynchronous call. If it throws or returns null, the result is a failed future.
   *
   * @param <T> the result of the call
   * @param call starts the call
   * @return the future of the call, or a failed one
   */
  public static <T> CompletableFuture<T> start(Supplier<CompletableFuture<T>> call) {
    try {
      return requireNonNull(call.get(), "the model returned no future");
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Returns an executor that runs tasks on the cache's executor, or on the calling thread if the
   * cache's executor rejects them. It keeps the work of the cache off the threads of the model's
   * client.
   *
   * @param cache the cache
   * @return an executor that never rejects a task
   */
  public static Executor executorOf(SemanticCache cache) {
    return task -> {
      try {
        cache.executor().execute(task);
      } catch (RejectedExecutionException e) {
        task.run();
      }
    };
  }

  /**
   * Returns the cause of a {@link CompletionException}, which dependent stages of a failed future
   * receive.
   *
   * @param failure the exception that a stage received
   * @return the original exception
   */
  public static Throwable causeOf(Throwable failure) {
    @Nullable Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
