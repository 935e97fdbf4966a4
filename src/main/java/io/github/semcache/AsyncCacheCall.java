package io.github.semcache;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes an adapter's call through a cache without holding a thread while it waits. All of it runs
 * on the cache's {@linkplain SemanticCache#executor executor}, nothing on the caller's thread. A
 * cache that is closed, or whose executor takes no more, is passed by: it never fails the call.
 *
 * @param <R> what the call gives
 */
public final class AsyncCacheCall<R> {
  private final SemanticCache cache;
  private final CacheCaller<R> caller;

  /**
   * A call that has not begun.
   *
   * @param cache the cache
   * @param caller what is done on the way
   */
  public AsyncCacheCall(SemanticCache cache, CacheCaller<R> caller) {
    this.cache = requireNonNull(cache, "cache");
    this.caller = requireNonNull(caller, "caller");
  }

  /**
   * Begins the call.
   *
   * @return a future of what it gives, which ends with what the caller's steps throw. Cancelling it
   *     stops nothing
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the inner future is what is returned
  public CompletableFuture<R> run() {
    try {
      return CompletableFuture.supplyAsync(this::goOn, cache.executor())
          .thenCompose(outcome -> outcome);
    } catch (RejectedExecutionException e) {
      return started(caller::passBy);
    }
  }

  private CompletableFuture<R> goOn() {
    return begin(cache, caller::begin).map(this::goOn).orElseGet(caller::passBy);
  }

  private CompletableFuture<R> goOn(CacheCall call) {
    if (call instanceof CacheCall.Lead lead) {
      return caller.lead(lead);
    } else if (call instanceof CacheCall.Follow follow) {
      return follow
          .next()
          .thenCompose(this::goOn)
          .exceptionallyCompose(failure -> withoutExecutor(failure));
    } else if (call instanceof CacheCall.Shared shared) {
      return caller
          .join(shared)
          .map(CompletableFuture::completedFuture)
          .orElseGet(() -> goOn(shared.again()));
    }
    return CompletableFuture.completedFuture(caller.take(((CacheCall.Answered) call).answer()));
  }

  private CompletableFuture<R> withoutExecutor(Throwable failure) {
    return causeOf(failure) instanceof RejectedExecutionException
        ? started(caller::passBy)
        : CompletableFuture.failedFuture(failure);
  }

  /**
   * Begins a call, unless the cache was closed just now.
   *
   * @param cache the cache
   * @param begin for example {@link SemanticCache#begin}
   * @return empty if the cache is closed
   */
  public static Optional<CacheCall> begin(SemanticCache cache, Supplier<CacheCall> begin) {
    try {
      return Optional.of(begin.get());
    } catch (IllegalStateException e) {
      if (cache.isClosed()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Starts something asynchronous that may also fail at once.
   *
   * @param <T> what it gives
   * @param start starts it
   * @return its future, or one that has failed
   */
  public static <T> CompletableFuture<T> started(Supplier<CompletableFuture<T>> start) {
    try {
      return requireNonNull(start.get(), "the model gave no future");
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * The cache's executor, or the thread at hand if that takes no more: keeps work off the caller's
   * and the model's threads unless no other one will do it.
   *
   * @param cache the cache
   * @return an executor that refuses nothing
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
   * What a future failed with.
   *
   * @param failure as a dependent stage sees it
   * @return what was thrown
   */
  public static Throwable causeOf(Throwable failure) {
    @Nullable Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
