package io.github.semcache;

import io.github.semcache.internal.concurrent.AsyncExecutor;
import io.github.semcache.internal.concurrent.LatencyWindow;
import io.github.semcache.internal.concurrent.SingleFlight;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.policy.MissReason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts the model call while a semantic lookup is still running, if the lookup takes longer than
 * the 95th percentile of the previous ones, and returns the first answer. A request counts as one
 * hit or one miss, whichever answer is returned.
 */
final class Hedging {
  /** The time after which a task that has not started waits for a thread, and is canceled. */
  private static final Duration MAX_START_TIME = Duration.ofMillis(100);

  private final CacheLookup lookup;
  private final EventPublisher events;
  private final AsyncExecutor executor;
  private final LatencyWindow latencies = new LatencyWindow();

  /**
   * Whether this thread is answering a request. The model may call the cache with the same prompt,
   * which waits for no call of its own thread, but would wait for that of another one.
   */
  private final ThreadLocal<Boolean> answering = ThreadLocal.withInitial(() -> false);

  Hedging(CacheLookup lookup, EventPublisher events, AsyncExecutor executor) {
    this.lookup = lookup;
    this.events = events;
    this.executor = executor;
  }

  /**
   * Answers a prompt that has no exact hit. Requests that the model makes are not hedged.
   *
   * @param miss the exact miss, which is followed by a semantic lookup
   * @param next answers a request from its lookup, by calling the model after a miss
   */
  Answer ask(LookupResult.Miss miss, Function<LookupResult, Answer> next) {
    return answering.get()
        ? next.apply(measured(miss))
        : askHedged(miss, result -> answer(result, next));
  }

  private Answer answer(LookupResult result, Function<LookupResult, Answer> next) {
    answering.set(true);
    try {
      return next.apply(result);
    } finally {
      answering.remove();
    }
  }

  private Answer askHedged(LookupResult.Miss miss, Function<LookupResult, Answer> next) {
    Optional<Duration> delay = latencies.percentile95();
    if (delay.isEmpty()) {
      return next.apply(measured(miss));
    }
    Task<LookupResult> task = new Task<>(() -> measured(miss.counted()));
    CompletableFuture<LookupResult> running = executor.submit(task);
    LookupResult inTime;
    try {
      inTime = counted(SingleFlight.Result.of(running).await(delay).orElseThrow());
    } catch (TimeoutException e) {
      if (task.startsWithin(MAX_START_TIME) || !task.cancel()) {
        return firstAnswer(running, hedged(miss), next);
      }
      inTime = measured(miss); // All threads are busy, perhaps with calls that wait for a thread.
    } catch (RejectedExecutionException e) {
      inTime = measured(miss);
    }
    return next.apply(inTime);
  }

  /**
   * Returns a miss whose answer is stored without waiting for the embedding of the lookup. An
   * embedding of the caller is stored with it.
   */
  private static LookupResult.Miss hedged(LookupResult.Miss miss) {
    return miss.counted().withEmbedding(miss.embedding()).withReason(MissReason.HEDGED);
  }

  /** Looks up a prompt. A lookup that was skipped or failed does not count as a fast one. */
  private LookupResult measured(LookupResult.Miss miss) {
    EventPublisher.Stopwatch stopwatch = events.startStopwatch();
    LookupResult result = lookup.semantic(miss);
    if (!isSkipped(result) && !result.isFailed()) {
      latencies.add(stopwatch.elapsed());
    }
    return result;
  }

  private static boolean isSkipped(LookupResult result) {
    return result instanceof LookupResult.Miss miss
        && miss.reason().equals(MissReason.NOT_WORTHWHILE);
  }

  /** Returns a result in time; counts a hit, and leaves a miss to be counted by the next step. */
  private LookupResult counted(LookupResult result) {
    if (result instanceof LookupResult.Hit hit) {
      lookup.count(hit);
      return hit;
    }
    return ((LookupResult.Miss) result).uncounted();
  }

  private Answer firstAnswer(
      CompletableFuture<LookupResult> running,
      LookupResult.Miss hedged,
      Function<LookupResult, Answer> next) {
    Task<Answer> call = new Task<>(() -> next.apply(hedged));
    CompletableFuture<Answer> model = executor.submit(call);
    CompletableFuture<LookupResult> first = new CompletableFuture<>();
    CompletableFuture<?> unusedLookup =
        running.whenComplete(
            (result, failure) -> {
              if (result instanceof LookupResult.Hit || call.cancel()) {
                complete(first, result, failure);
              }
            });
    CompletableFuture<?> unusedModel =
        model.whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                first.complete(hedged);
              } else if (call.isStarted()) {
                // The lookup may still succeed.
                CompletableFuture<?> unusedRest =
                    running.whenComplete(
                        (result, unused) ->
                            complete(
                                first,
                                result instanceof LookupResult.Hit hit ? hit : null,
                                failure));
              }
            });
    return firstOf(first, model, hedged, next);
  }

  /** A task of the executor that can be canceled until it starts. */
  private static final class Task<T> implements Supplier<T> {
    private final Supplier<T> action;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CountDownLatch started = new CountDownLatch(1);

    Task(Supplier<T> action) {
      this.action = action;
    }

    @Override
    public T get() {
      if (taken.getAndSet(true)) {
        throw new CancellationException("canceled before a thread was available");
      }
      started.countDown();
      return action.get();
    }

    boolean isStarted() {
      return started.getCount() == 0;
    }

    /** Waits for the start of the task; returns false after the time or an interrupt. */
    boolean startsWithin(Duration time) {
      try {
        return started.await(time.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return isStarted();
      }
    }

    /** Cancels the task; returns false if it has started. */
    boolean cancel() {
      return !taken.getAndSet(true);
    }
  }

  /**
   * Returns the first answer. If the lookup ended without a hit before the executor started the
   * model call, the model is called on this thread.
   */
  private Answer firstOf(
      CompletableFuture<LookupResult> first,
      CompletableFuture<Answer> model,
      LookupResult.Miss hedged,
      Function<LookupResult, Answer> next) {
    LookupResult winner = hedged;
    try {
      winner = SingleFlight.Result.of(first).await();
    } finally {
      if (isHedged(winner)) {
        lookup.count(hedged.uncounted());
      }
    }
    return isHedged(winner) ? model.join() : next.apply(counted(winner));
  }

  private static boolean isHedged(LookupResult result) {
    return result instanceof LookupResult.Miss miss && miss.reason().equals(MissReason.HEDGED);
  }

  private static void complete(
      CompletableFuture<LookupResult> first,
      @Nullable LookupResult result,
      @Nullable Throwable failure) {
    if (result != null) {
      first.complete(result);
    } else if (failure != null) {
      first.completeExceptionally(causeOf(failure));
    }
  }

  private static Throwable causeOf(Throwable failure) {
    @Nullable Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
