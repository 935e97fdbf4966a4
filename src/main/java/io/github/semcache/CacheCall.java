package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ModelObserver;
import io.github.semcache.chat.ObservedCall;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One prompt on its way through a cache, for callers that get the model's answer in a way of their
 * own: as a stream, or without holding a thread. {@link SemanticCache#ask} is for all others.
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
   * The answer is there.
   *
   * @param answer from the cache, or from the call that this one followed
   */
  record Answered(Answer answer) implements CacheCall {
    public Answered {
      requireNonNull(answer, "answer");
    }
  }

  /**
   * The cache has no answer, and it is the caller's turn to ask the model. Other calls for the same
   * prompt may be waiting, so it must be ended in one of four ways, whatever happens. Only the
   * first end counts; later ones do nothing. Safe for use by many threads, though not at once.
   */
  final class Lead implements CacheCall {
    private final RequestCoalescer turns;
    private final AnswerWriter keeper;
    private final CacheRequest request;
    private final SingleFlight.Flight<CacheCall> flight;
    private final CoalescingGroup place;
    private final EventPublisher.Stopwatch stopwatch;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile ObservedCall observed = ObservedCall.unseen();

    Lead(
        RequestCoalescer turns,
        AnswerWriter keeper,
        CacheRequest request,
        SingleFlight.Flight<CacheCall> flight,
        CoalescingGroup place,
        EventPublisher.Stopwatch stopwatch) {
      this.turns = turns;
      this.keeper = keeper;
      this.request = request;
      this.flight = flight;
      this.place = place;
      this.stopwatch = stopwatch;
    }

    /**
     * Makes the call of the model, or starts it, for an observer to see. The observer is told of
     * its end when this lead ends.
     *
     * @param <T> what the call gives
     * @param observer who sees it
     * @param model the name that the request gives the model, or {@code unknown}
     * @param start makes or starts the call, on this thread; what it throws does not end the lead
     * @return what that gives
     */
    public <T> T call(ModelObserver observer, String model, Supplier<T> start) {
      ObservedCall call = ObservedCall.begin(observer, model);
      observed = call;
      return call.run(start);
    }

    /**
     * The model answered: keeps the reply if it may be kept, and hands it to those who wait. Blocks
     * on the store, and on the embedder if no embedding could be made before.
     *
     * @param reply the whole reply
     * @return the answer, as {@link SemanticCache#ask} would give it
     */
    public Answer complete(ChatReply reply) {
      if (ended.getAndSet(true)) {
        return Answer.ofModel(request.query, reply, Optional.empty(), request.missReason());
      }
      Supplier<CacheCall> keep =
          () -> {
            observed.answered(reply);
            return new Answered(keeper.answered(request, reply, stopwatch));
          };
      return ((Answered) flight.run(keep)).answer();
    }

    /**
     * Lets those who wait go on with something live, such as a stream that they can read along,
     * before the answer is whole. Later calls of the same lane get it too, until this lead ends.
     *
     * @param live what they get as {@link Shared#live}
     * @throws IllegalStateException if the call began in no lane of its own: those who wait in
     *     {@link SemanticCache#ask} wait for the whole answer
     */
    public void share(Object live) {
      requireNonNull(live, "live");
      if (place.isShared()) {
        throw new IllegalStateException("share needs a call that began in a lane of its own");
      }
      flight.share(new Shared(live, turns, request, flight, place));
    }

    /**
     * The model failed; those who wait fail as well.
     *
     * @param failure what it threw
     */
    public void fail(Throwable failure) {
      requireNonNull(failure, "failure");
      if (!ended.getAndSet(true)) {
        try {
          observed.failed(failure);
          keeper.failed(failure);
        } finally {
          flight.fail(failure);
        }
      }
    }

    /**
     * The model failed for a reason that is the caller's own, such as its key or its time limit. It
     * counts as a failure, but of those who wait, one takes the lead.
     *
     * @param failure what it threw
     */
    public void failAlone(Throwable failure) {
      requireNonNull(failure, "failure");
      if (!ended.getAndSet(true)) {
        try {
          observed.failed(failure);
          keeper.failed(failure);
        } finally {
          flight.abandon();
        }
      }
    }

    /**
     * The caller no longer wants the answer; of those who wait, one takes the lead. Nothing is
     * kept.
     */
    public void abandon() {
      if (!ended.getAndSet(true)) {
        try {
          observed.abandoned();
          keeper.abandoned();
        } finally {
          flight.abandon();
        }
      }
    }

    /** Asks the model in one blocking call; ends the lead if that fails. */
    ChatReply ask(ChatClient model) {
      try {
        return requireNonNull(model.chat(request.prompt), "the chat client gave no reply");
      } catch (Throwable e) {
        if (Interrupts.caused(e) || isOfCaller(model)) {
          abandon();
        } else {
          fail(e);
        }
        throw e;
      }
    }

    private static boolean isOfCaller(ChatClient model) {
      return model instanceof StreamedCall call && call.callerFailed();
    }
  }

  /**
   * The cache has no answer, but another call is getting it. What comes of the wait is taken up
   * once, by {@link #await} or by {@link #next}.
   */
  final class Follow implements CacheCall {
    private final RequestCoalescer turns;
    private final CacheRequest request;
    private final SingleFlight.Arrival<CacheCall> arrival;
    private final CoalescingGroup place;

    Follow(
        RequestCoalescer turns,
        CacheRequest request,
        SingleFlight.Arrival<CacheCall> arrival,
        CoalescingGroup place) {
      this.turns = turns;
      this.request = request;
      this.arrival = arrival;
      this.place = place;
    }

    /**
     * Waits for the other call, at most for the prompt's {@linkplain
     * io.github.semcache.prompt.Prompt#maxWait(Duration) limit}.
     *
     * @return the answer, or what the leader shared; or the lead, if the other call was abandoned
     *     or took too long; or once more a call to follow, if yet another one took the lead
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; its
     *     interrupt flag is set
     * @throws RuntimeException what made the other call fail, as it is
     */
    public CacheCall await() {
      try {
        return landed(arrival.await(request.prompt.maxWait()));
      } catch (TimeoutException e) {
        return turns.leadAlone(request, place);
      }
    }

    /**
     * Waits for the other call without holding a thread.
     *
     * @return a future of what {@link #await} returns or throws; a {@link Lead} that it ends in
     *     must be ended. Whoever completes or cancels it first does no harm to the other call, nor
     *     to those who wait for it
     */
    public CompletableFuture<CacheCall> next() {
      CompletableFuture<Supplier<CacheCall>> first =
          arrival.future().thenApply(outcome -> () -> landed(outcome));
      request
          .prompt
          .maxWait()
          .map(TimeUnit.NANOSECONDS::convert)
          .ifPresent(
              nanos ->
                  first.completeOnTimeout(
                      () -> turns.leadAlone(request, place), nanos, TimeUnit.NANOSECONDS));
      CompletableFuture<CacheCall> next = new CompletableFuture<>();
      CompletableFuture<Void> unused =
          first
              .thenAcceptAsync(outcome -> pass(outcome, next), turns.executor())
              .whenComplete((nothing, failure) -> failIfPresent(next, failure));
      return next;
    }

    /** A lead that nobody takes is given up, or those who wait for it would wait for good. */
    private static void pass(Supplier<CacheCall> outcome, CompletableFuture<CacheCall> next) {
      if (next.isDone()) {
        return;
      }
      CacheCall call = outcome.get();
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

    private CacheCall landed(Optional<CacheCall> landing) {
      CacheCall outcome = landing.orElseGet(() -> turns.join(request, place));
      return outcome instanceof Shared shared
          ? new Shared(shared.live(), turns, request, shared.flight, place)
          : outcome;
    }
  }

  /** The cache has no answer, but another call is getting it, and shares what it has got so far. */
  final class Shared implements CacheCall {
    private final Object live;
    private final RequestCoalescer turns;
    private final CacheRequest request;
    private final SingleFlight.Flight<CacheCall> flight;
    private final CoalescingGroup place;

    Shared(
        Object live,
        RequestCoalescer turns,
        CacheRequest request,
        SingleFlight.Flight<CacheCall> flight,
        CoalescingGroup place) {
      this.live = live;
      this.turns = turns;
      this.request = request;
      this.flight = flight;
      this.place = place;
    }

    /**
     * What the leader gave to {@link Lead#share}.
     *
     * @return the same object for all
     */
    public Object live() {
      return live;
    }

    /**
     * Goes on without what was shared, for example because it was closed in the meantime.
     *
     * @return a call to follow: the same one, to its end. If that was abandoned, one of those who
     *     wait takes the lead
     */
    public Follow again() {
      return new Follow(turns, request, flight.end(), place);
    }
  }
}
