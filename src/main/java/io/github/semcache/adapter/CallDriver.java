package io.github.semcache.adapter;

import static java.util.Objects.requireNonNull;

import io.github.semcache.Answer;
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
  public static <R> R run(SemanticCache cache, Handler<R> handler) {
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
      SemanticCache cache, Handler<CompletableFuture<R>> handler) {
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
  private static Optional<CacheCall> begin(SemanticCache cache, Handler<?> handler) {
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
  private static <R> Optional<R> settle(CacheCall call, Handler<R> handler) {
    if (call instanceof CacheCall.Answered answered) {
      answered.refresh(handler::lead);
      return Optional.of(handler.answered(answered.answer()));
    } else if (call instanceof CacheCall.Lead lead) {
      return Optional.of(handler.lead(lead));
    } else if (call instanceof CacheCall.Shared shared) {
      return handler.join(shared);
    }
    return Optional.empty();
  }

  private static <R> CompletableFuture<R> settleAsync(
      CacheCall call, Handler<CompletableFuture<R>> handler) {
    return settle(call, handler).orElseGet(() -> settleNext(awaited(call), handler));
  }

  /** Calls the model directly if the cache's executor rejects the continuation of the call. */
  private static <R> CompletableFuture<R> settleNext(
      CacheCall.Follow follow, Handler<CompletableFuture<R>> handler) {
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
      Throwable failure, Handler<CompletableFuture<R>> handler) {
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
   * cache's executor rejects them. The work of the cache then does not run on the threads of the
   * model's client.
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

  /**
   * The steps of one client call that runs through a cache. {@link CallDriver} calls {@link #begin}
   * once and then the one step that matches the outcome.
   *
   * <p>For {@link CallDriver#run} the result type is the client's own result, and the steps may
   * block. For {@link CallDriver#runAsync} it is a {@link java.util.concurrent.CompletableFuture}
   * of that result; only {@link #begin} may block then.
   *
   * @param <R> the result of a step
   */
  public interface Handler<R> {

    /**
     * Looks up the prompt, usually by {@link io.github.semcache.SemanticCache#begin}. May block.
     *
     * @return the state of the call
     * @throws RuntimeException if the lookup fails on a cache that fails on cache errors
     */
    CacheCall begin();

    /**
     * Calls the model and completes, fails, or abandons the lead in every case.
     *
     * @param lead the lead, which other calls may be waiting for
     * @return the model's result
     */
    R lead(CacheCall.Lead lead);

    /**
     * Calls the model without the cache, because the cache was closed or its executor rejected the
     * call.
     *
     * @return the model's result
     */
    R bypass();

    /**
     * Joins a live object, such as a stream, that the leader shares before its answer is complete.
     *
     * @param shared the shared object
     * @return the result, or empty to wait until the leader completes
     */
    Optional<R> join(CacheCall.Shared shared);

    /**
     * Converts an answer.
     *
     * @param answer an answer from the cache, or from the call that this one waited for
     * @return the client's result
     */
    R answered(Answer answer);
  }
}
