package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.internal.chat.StreamingCall;
import io.github.semcache.internal.concurrent.CoalescingGroup;
import io.github.semcache.internal.concurrent.Interrupts;
import io.github.semcache.internal.concurrent.SingleFlight;
import io.github.semcache.internal.stats.EventPublisher;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of one call through a cache, for callers that call the model themselves: as a stream,
 * or without holding a thread. Other callers use {@link SemanticCache#ask}; authors of wrapped
 * clients use {@link io.github.semcache.adapter.CallDriver}.
 *
 * <pre>{@code
 * CacheCall call = cache.begin(prompt, settings);
 * if (call instanceof CacheCall.Answered answered) {
 *   serve(answered.answer());
 * } else if (call instanceof CacheCall.Lead lead) {
 *   callModel().whenComplete(
 *       (reply, failure) -> {
 *         if (failure == null) lead.complete(reply); else lead.fail(failure);
 *       });
 * } else if (call instanceof CacheCall.Follow follow) {
 *   follow.next().thenAccept(this::goOn);
 * }
 * }</pre>
 */
public sealed interface CacheCall {

  /**
   * Waits while another call is answering the prompt. Blocks at most for the {@linkplain
   * SemanticCacheBuilder#maxWait maximum wait} of the prompt or the cache, which starts again if
   * the other call is abandoned and a third one takes the lead.
   *
   * @return this call, or the call that follows the wait; never a {@link Follow}
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; its interrupt
   *     flag is set
   * @throws RuntimeException the exception of the other call, not wrapped
   */
  default CacheCall await() {
    return this;
  }

  /** The prompt is answered. Thread-safe. */
  final class Answered implements CacheCall {
    private final Answer answer;
    private final Consumer<Consumer<Lead>> refresh;

    Answered(Answer answer) {
      this(answer, call -> {});
    }

    /**
     * Creates a call with an answer.
     *
     * @param refresh passes a lead to a consumer in the background if the answer has to be
     *     refreshed
     */
    Answered(Answer answer, Consumer<Consumer<Lead>> refresh) {
      this.answer = requireNonNull(answer, "answer");
      this.refresh = refresh;
    }

    /**
     * Returns the answer.
     *
     * @return the answer from the cache, or from the call that this one followed
     */
    public Answer answer() {
      return answer;
    }

    /**
     * Refreshes the answer in the background if that is due: if the cache has a {@linkplain
     * SemanticCacheBuilder#staleWhileRevalidate soft time to live}, which has almost or already
     * expired for the entry of exactly this prompt, and no other caller refreshes it. Does not
     * block.
     *
     * @param call calls the model and ends the lead, on a thread of the cache's {@linkplain
     *     SemanticCache#executor executor}. It is not called if no refresh is due. If it throws,
     *     the lead is abandoned
     */
    public void refresh(Consumer<Lead> call) {
      refresh.accept(requireNonNull(call, "call"));
    }
  }

  /**
   * The cache has no answer, and the caller has to call the model. Other calls for the same prompt
   * may be waiting, so the lead must be completed, failed, or abandoned in every case. Only the
   * first of these has an effect. Thread-safe.
   */
  final class Lead implements CacheCall {
    private final RequestCoalescer coalescer;
    private final AnswerWriter writer;
    private final LookupResult.Miss miss;
    private final SingleFlight.Call<CacheCall> call;
    private final CoalescingGroup group;
    private final EventPublisher.Stopwatch stopwatch;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile ChatClient.Observer.Call observed =
        ChatClient.Observer.none().begin("unknown");

    Lead(
        RequestCoalescer coalescer,
        AnswerWriter writer,
        LookupResult.Miss miss,
        SingleFlight.Call<CacheCall> call,
        CoalescingGroup group,
        EventPublisher.Stopwatch stopwatch) {
      this.coalescer = coalescer;
      this.writer = writer;
      this.miss = miss;
      this.call = call;
      this.group = group;
      this.stopwatch = stopwatch;
    }

    /**
     * Makes or starts the model call under observation. The observation ends with this lead.
     *
     * @param <T> the result of {@code start}
     * @param observer the observer
     * @param model the model's name in the request, or {@code unknown}
     * @param start makes or starts the call on this thread; an exception does not end the lead
     * @return the result of {@code start}
     */
    public <T> T call(ChatClient.Observer observer, String model, Supplier<T> start) {
      ChatClient.Observer.Call observedCall = observer.isolated().begin(model);
      observed = observedCall;
      if (ended.get()) {
        observedCall.abandoned(); // This lead ended on another thread, without this observation.
      }
      return observedCall.run(start);
    }

    /**
     * Completes the call: stores the reply if it is admitted, and passes it to the waiting calls.
     * Blocks on the store, and on the embedder if the lookup did not compute an embedding.
     *
     * @param reply the complete reply
     * @return the answer, as {@link SemanticCache#ask} returns it
     */
    public Answer complete(ChatReply reply) {
      if (ended.getAndSet(true)) {
        return Answer.ofModel(
            miss.request(), reply, Optional.empty(), miss.reason(), miss.verification());
      }
      Supplier<CacheCall> write =
          () -> {
            observed.answered(reply);
            return new Answered(writer.onReply(miss, reply, stopwatch));
          };
      return ((Answered) call.run(write)).answer();
    }

    /**
     * Shares a live object, such as a stream, with the waiting calls before the answer is complete.
     * Later calls of the same group receive it as well, until this lead ends.
     *
     * @param live the object that the calls receive as {@link Shared#live}
     * @throws IllegalStateException if the call was begun without a group, because callers of
     *     {@link SemanticCache#ask} wait for the complete answer
     */
    public void share(Object live) {
      requireNonNull(live, "live");
      if (group.isAsk()) {
        throw new IllegalStateException("share requires a call with a coalescing group");
      }
      call.share(coalescer.shared(live, miss, call, group));
    }

    /**
     * Fails the call and all waiting calls. If an interrupt of the calling thread caused the
     * failure, the call is {@linkplain #abandon abandoned} instead.
     *
     * @param failure the exception of the model
     */
    public void fail(Throwable failure) {
      requireNonNull(failure, "failure");
      if (Interrupts.caused(failure)) {
        abandon();
      } else if (!ended.getAndSet(true)) {
        try {
          observed.failed(failure);
          writer.onFailure(miss, failure);
        } finally {
          call.fail(failure);
        }
      }
    }

    /**
     * Fails the call for a reason that is specific to the caller, such as its credentials or its
     * timeout. Counts as a failure of the model; one of the waiting calls takes the lead.
     *
     * @param failure the exception of the model
     */
    public void failAlone(Throwable failure) {
      requireNonNull(failure, "failure");
      if (!ended.getAndSet(true)) {
        try {
          observed.failed(failure);
          writer.onFailure(miss, failure);
        } finally {
          call.abandon();
        }
      }
    }

    /** Abandons the call. Nothing is stored; one of the waiting calls takes the lead. */
    public void abandon() {
      if (!ended.getAndSet(true)) {
        try {
          observed.abandoned();
          writer.onAbandoned(miss);
        } finally {
          call.abandon();
        }
      }
    }

    /** Runs an action when this lead has ended. */
    void whenEnded(Runnable action) {
      CompletableFuture<?> unused =
          call.end().future().whenComplete((value, failure) -> action.run());
    }

    /** Calls the model, blocking, and completes the call. An exception ends it. */
    Answer ask(ChatClient model) {
      ChatReply reply;
      try {
        reply = requireNonNull(model.chat(miss.request().prompt()), "the model returned no reply");
      } catch (Throwable e) {
        if (isConsumerFailure(model)) {
          abandon();
        } else {
          fail(e);
        }
        throw e;
      }
      return complete(reply);
    }

    private static boolean isConsumerFailure(ChatClient model) {
      return model instanceof StreamingCall streaming && streaming.consumerFailed();
    }
  }

  /** Another call is answering the prompt. Its result is consumed once. */
  final class Follow implements CacheCall {
    private final SingleFlight.Call<CacheCall> call;
    private final SingleFlight.Result<CacheCall> result;
    private final Duration maxWait;
    private final Function<Optional<CacheCall>, CacheCall> onEnd;
    private final Supplier<CacheCall> onTimeout;
    private final Executor executor;

    /**
     * Creates a call that follows another one.
     *
     * @param call the other call
     * @param result the result of the other call
     * @param maxWait the maximum time to wait for it
     * @param onEnd returns the next call after the other one has ended, with or without a result
     * @param onTimeout returns the next call after the maximum time
     * @param executor runs these functions if no thread waits
     */
    Follow(
        SingleFlight.Call<CacheCall> call,
        SingleFlight.Result<CacheCall> result,
        Duration maxWait,
        Function<Optional<CacheCall>, CacheCall> onEnd,
        Supplier<CacheCall> onTimeout,
        Executor executor) {
      this.call = call;
      this.result = result;
      this.maxWait = maxWait;
      this.onEnd = onEnd;
      this.onTimeout = onTimeout;
      this.executor = executor;
    }

    /**
     * {@inheritDoc}
     *
     * @return the answer, or what the leader shared, or the lead if the other call was abandoned or
     *     took too long
     */
    @Override
    public CacheCall await() {
      CacheCall next = this;
      while (next instanceof Follow follow) {
        next = follow.awaitOnce();
      }
      return next;
    }

    private CacheCall awaitOnce() {
      try {
        return onEnd.apply(call.await(result, maxWait));
      } catch (TimeoutException e) {
        return onTimeout.get();
      }
    }

    /**
     * Waits for the other call without holding a thread.
     *
     * @return a future of the next call, which may be another {@link Follow}. A {@link Lead} must
     *     be ended. Completing or canceling the future does not affect the other call
     */
    public CompletableFuture<CacheCall> next() {
      CompletableFuture<Supplier<CacheCall>> outcome =
          result.future().thenApply(value -> () -> onEnd.apply(value));
      outcome.completeOnTimeout(
          onTimeout, TimeUnit.NANOSECONDS.convert(maxWait), TimeUnit.NANOSECONDS);
      CompletableFuture<CacheCall> next = new CompletableFuture<>();
      CompletableFuture<Void> unused =
          outcome
              .thenAcceptAsync(step -> complete(next, step), executor)
              .whenComplete((nothing, failure) -> failIfPresent(next, failure));
      return next;
    }

    /** Abandons a lead that nobody receives, because calls may be waiting for it. */
    private static void complete(CompletableFuture<CacheCall> next, Supplier<CacheCall> step) {
      if (next.isDone()) {
        return;
      }
      CacheCall call = step.get();
      if (!next.complete(call) && call instanceof Lead lead) {
        lead.abandon();
      }
    }

    private static void failIfPresent(
        CompletableFuture<CacheCall> next, @Nullable Throwable failure) {
      if (failure != null) {
        next.completeExceptionally(failure);
      }
    }
  }

  /** Another call is answering the prompt and shares a live object before it is complete. */
  final class Shared implements CacheCall {
    private final Object live;
    private final Supplier<Follow> again;

    Shared(Object live, Supplier<Follow> again) {
      this.live = live;
      this.again = again;
    }

    /**
     * Returns the object that the leader passed to {@link Lead#share}.
     *
     * @return the same object for all calls
     */
    public Object live() {
      return live;
    }

    /**
     * Waits for the end of the other call without the shared object, for example because it was
     * closed in the meantime.
     *
     * @return a call that follows the other one to its end
     */
    public Follow again() {
      return again.get();
    }
  }
}
