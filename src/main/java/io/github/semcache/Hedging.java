package io.github.semcache;

import io.github.semcache.internal.concurrent.AsyncExecutor;
import io.github.semcache.internal.concurrent.LatencyWindow;
import io.github.semcache.internal.concurrent.SingleFlight;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.policy.MissReason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts the model call while a semantic lookup is still running, if the lookup takes longer than
 * the 95th percentile of the previous ones, and returns the first answer. A request counts as one
 * hit or one miss, whichever answer is returned.
 */
final class Hedging {
  private final CacheLookup lookup;
  private final EventPublisher events;
  private final AsyncExecutor executor;
  private final LatencyWindow latencies = new LatencyWindow();

  Hedging(CacheLookup lookup, EventPublisher events, AsyncExecutor executor) {
    this.lookup = lookup;
    this.events = events;
    this.executor = executor;
  }

  /**
   * Answers a prompt that has no exact hit.
   *
   * @param miss the exact miss, which is followed by a semantic lookup
   * @param next answers a request from its lookup, by calling the model after a miss
   */
  Answer ask(LookupResult.Miss miss, Function<LookupResult, Answer> next) {
    Optional<Duration> delay = latencies.percentile95();
    if (delay.isEmpty()) {
      return next.apply(measured(miss));
    }
    CompletableFuture<LookupResult> running = executor.submit(() -> measured(miss.counted()));
    LookupResult inTime;
    try {
      inTime = counted(SingleFlight.Result.of(running).await(delay).orElseThrow());
    } catch (TimeoutException e) {
      return firstAnswer(running, hedged(miss), next);
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
    HedgedCall call = new HedgedCall(hedged, next);
    CompletableFuture<Answer> model = executor.submit(call);
    if (call.isRejected(model)) {
      return next.apply(counted(SingleFlight.Result.of(running).await()));
    }
    CompletableFuture<LookupResult> first = new CompletableFuture<>();
    CompletableFuture<?> unusedLookup =
        running.whenComplete(
            (result, failure) -> {
              if (result instanceof LookupResult.Hit hit) {
                first.complete(hit);
              }
            });
    CompletableFuture<?> unusedModel =
        model.whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                first.complete(hedged);
              } else {
                // The lookup may still succeed.
                CompletableFuture<?> unusedRest =
                    running.whenComplete(
                        (result, unused) -> completeUnlessHit(first, result, failure));
              }
            });
    return firstOf(first, model, hedged, next);
  }

  /** The model call that is made while the lookup is running. */
  private static final class HedgedCall implements Supplier<Answer> {
    private final LookupResult.Miss miss;
    private final Function<LookupResult, Answer> next;
    private volatile boolean started;

    HedgedCall(LookupResult.Miss miss, Function<LookupResult, Answer> next) {
      this.miss = miss;
      this.next = next;
    }

    @Override
    public Answer get() {
      started = true;
      return next.apply(miss);
    }

    /** Returns whether the executor rejected the call, so that the model was not called. */
    boolean isRejected(CompletableFuture<Answer> submitted) {
      return submitted.isCompletedExceptionally() && !started;
    }
  }

  private Answer firstOf(
      CompletableFuture<LookupResult> first,
      CompletableFuture<Answer> model,
      LookupResult.Miss hedged,
      Function<LookupResult, Answer> next) {
    LookupResult winner = hedged;
    try {
      winner = SingleFlight.Result.of(first).await();
    } finally {
      if (!(winner instanceof LookupResult.Hit)) {
        lookup.count(hedged.uncounted());
      }
    }
    if (winner instanceof LookupResult.Hit hit) {
      lookup.count(hit);
      return next.apply(hit);
    }
    return model.join();
  }

  private static void completeUnlessHit(
      CompletableFuture<LookupResult> first, @Nullable LookupResult result, Throwable failure) {
    if (result instanceof LookupResult.Hit hit) {
      first.complete(hit);
    } else {
      first.completeExceptionally(causeOf(failure));
    }
  }

  private static Throwable causeOf(Throwable failure) {
    @Nullable Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
