package io.github.semcache.internal.concurrent;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Coalesces concurrent calls with the same key: the first caller leads and makes the call, the
 * others follow and receive its result or its exception. A call is removed before its followers
 * continue, so a caller that arrives later leads a new one. Thread-safe.
 *
 * @param <T> the result of a call
 */
public final class SingleFlight<T> {
  /** The maximum number of calls that wait for each other in a deadlock that is recognized. */
  private static final int MAX_WAITING = 64;

  private final Map<String, Call<T>> calls = new ConcurrentHashMap<>();

  /** The call that each waiting thread follows. */
  private final Map<Thread, Call<T>> waiting = new ConcurrentHashMap<>();

  /** Creates an instance without calls. */
  public SingleFlight() {}

  /**
   * Joins the call with a key. The leader must complete, fail, or abandon it.
   *
   * @param key the key
   * @param owner the thread that leads until the end, which prevents it from waiting for itself;
   *     null if the leader is not bound to a thread
   * @return the call and whether the caller leads it
   */
  public Participation<T> join(String key, @Nullable Thread owner) {
    return join(List.of(key), owner);
  }

  /**
   * Joins the first running call of several keys, or leads a call with the last key.
   *
   * @param keys at least one key
   * @param owner see {@link #join(String, Thread)}
   * @return the call and whether the caller leads it
   */
  public Participation<T> join(List<String> keys, @Nullable Thread owner) {
    int last = keys.size() - 1;
    for (String other : keys.subList(0, last)) {
      Call<T> running = calls.get(other);
      if (running != null && !running.isLedBy(owner)) {
        return new Participation<>(running, false);
      }
    }
    String key = keys.get(last);
    Call<T> mine = new Call<>(this, key, owner);
    Call<T> running = calls.putIfAbsent(key, mine);
    if (running == null || running.isLedBy(owner)) {
      return new Participation<>(mine, true);
    }
    return new Participation<>(running, false);
  }

  /**
   * Returns a call that nobody can follow.
   *
   * @param key the key
   * @return a new call
   */
  public Call<T> detached(String key) {
    return new Call<>(this, key, null);
  }

  /**
   * Leads a call instead of one that takes too long. Later callers follow the new call, if this
   * caller leads calls with the same key and no other caller has replaced the slow call before.
   *
   * @param slow the slow call, which continues with its followers
   * @param key the key of the calls that the caller leads
   * @param owner see {@link #join(String, Thread)}
   * @return a new call
   */
  public Call<T> takeOver(Call<T> slow, String key, @Nullable Thread owner) {
    Call<T> mine = new Call<>(this, key, owner);
    boolean unused = key.equals(slow.key) && calls.replace(key, slow, mine);
    return mine;
  }

  /**
   * Returns the result of a call made on this thread, or of a running one. Blocks.
   *
   * @param key the key
   * @param maxWait the maximum time to follow running calls, after which the call is made on this
   *     thread as well; empty for no limit. It covers all calls that are followed in turn
   * @param call the call
   * @param isSuccess whether a result is shared with the followers in any case
   * @param endedByCaller returns whether another result or an exception concerns the caller only,
   *     for example because its deadline has expired, so that one of the followers makes the call
   *     again
   * @return the result
   * @throws CancellationException if the thread is interrupted while it follows; its interrupt flag
   *     is set
   */
  public T run(
      String key,
      Optional<Duration> maxWait,
      Supplier<T> call,
      Predicate<T> isSuccess,
      BooleanSupplier endedByCaller) {
    long start = System.nanoTime();
    try {
      while (true) {
        Participation<T> participation = join(key, Thread.currentThread());
        if (participation.leads()) {
          return participation.call().run(call, isSuccess, endedByCaller);
        }
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        Optional<T> result =
            participation.call().result().await(maxWait.map(limit -> limit.minus(waited)));
        if (result.isPresent()) {
          return result.get();
        }
      }
    } catch (TimeoutException e) {
      return call.get();
    }
  }

  /**
   * A caller's part in a call.
   *
   * @param <T> the result of the call
   * @param call the call
   * @param leads whether the caller leads it
   */
  public record Participation<T>(Call<T> call, boolean leads) {}

  /**
   * One call. Only the first of its completions has an effect.
   *
   * @param <T> the result of the call
   */
  public static final class Call<T> {
    private final SingleFlight<T> calls;
    private final String key;
    private final @Nullable Thread owner;
    private final Result<T> result = new Result<>(new CompletableFuture<>());

    /** Completed before the result, so that what the call holds is free when followers continue. */
    private final Result<T> end = new Result<>(new CompletableFuture<>());

    private Call(SingleFlight<T> calls, String key, @Nullable Thread owner) {
      this.calls = calls;
      this.key = key;
      this.owner = owner;
    }

    /**
     * Returns whether a thread leads the call until its end.
     *
     * @param thread the thread; may be null
     * @return whether the thread is bound to the call
     */
    public boolean isLedBy(@Nullable Thread thread) {
      return thread != null && thread == owner;
    }

    /**
     * Waits for a result of this call on the current thread. Does not wait if that would be a
     * deadlock: if the thread that leads this call waits, directly or through other calls, for one
     * that the current thread leads. The thread that leads this call may wait for its end by
     * others.
     *
     * @param pending the {@linkplain #result result}, or a result that depends on this call
     * @param maxWait the maximum time to wait
     * @return the result; empty if the leader abandoned the call
     * @throws TimeoutException if the time has elapsed, or if the wait would be a deadlock
     * @throws CancellationException if the thread is interrupted; its interrupt flag is set
     */
    public Optional<T> await(Result<T> pending, Duration maxWait) throws TimeoutException {
      Thread thread = Thread.currentThread();
      calls.waiting.put(thread, this); // before the check, so that one of two threads sees both
      try {
        if (waitsFor(thread)) {
          throw new TimeoutException("the leader of the call waits for this thread");
        }
        return pending.await(Optional.of(maxWait));
      } finally {
        calls.waiting.remove(thread);
      }
    }

    /** Returns whether the leader waits for another thread, which may itself lead this call. */
    private boolean waitsFor(Thread thread) {
      @Nullable Thread leader = owner == thread ? null : owner;
      for (int i = 0; i < MAX_WAITING && leader != null; i++) {
        @Nullable Call<T> followed = calls.waiting.get(leader);
        leader = followed == null ? null : followed.owner;
        if (leader == thread) {
          return true;
        }
      }
      return false;
    }

    /**
     * Makes the call and completes it.
     *
     * @param call the call
     * @return its result
     */
    public T run(Supplier<T> call) {
      return run(call, result -> true, () -> false);
    }

    private T run(Supplier<T> call, Predicate<T> isSuccess, BooleanSupplier endedByCaller) {
      T made = runStep(call, endedByCaller);
      if (isSuccess.test(made) || !endedByCaller.getAsBoolean()) {
        complete(made);
      } else {
        abandon();
      }
      return made;
    }

    /**
     * Runs a part of the leader's work. An exception fails the call, except if it concerns the
     * leader only, or an interrupt of this thread caused it: then the call is abandoned, because
     * that is no failure of the followers.
     *
     * @param <R> the result of the step
     * @param step the work
     * @param endedByCaller returns whether an exception concerns the leader only, for example
     *     because its deadline has expired
     * @return its result
     */
    public <R> R runStep(Supplier<R> step, BooleanSupplier endedByCaller) {
      try {
        return step.get();
      } catch (Throwable e) {
        if (Interrupts.caused(e) || endedByCaller.getAsBoolean()) {
          abandon();
        } else {
          fail(e);
        }
        throw e;
      }
    }

    /**
     * Completes the followers with an early result. The call continues, and others can still join
     * it.
     *
     * @param early the early result
     */
    public void share(T early) {
      result.future().complete(Optional.of(early));
    }

    /**
     * Completes the call.
     *
     * @param value the result
     */
    public void complete(T value) {
      calls.calls.remove(key, this);
      end.future().complete(Optional.of(value));
      result.future().complete(Optional.of(value));
    }

    /**
     * Fails the call and its followers.
     *
     * @param e the exception
     */
    public void fail(Throwable e) {
      calls.calls.remove(key, this);
      end.future().completeExceptionally(e);
      result.future().completeExceptionally(e);
    }

    /** Ends the call without a result. The followers have to join again. */
    public void abandon() {
      calls.calls.remove(key, this);
      end.future().complete(Optional.empty());
      result.future().complete(Optional.empty());
    }

    /**
     * Returns the result for followers: an early one, or that of the end.
     *
     * @return the result
     */
    public Result<T> result() {
      return result;
    }

    /**
     * Returns the result of the end of the call, whether or not an early one was shared.
     *
     * @return the result
     */
    public Result<T> end() {
      return end;
    }
  }

  /**
   * A pending result.
   *
   * @param <T> the result
   * @param future completes with the result, or with empty if the leader abandoned the call
   */
  public record Result<T>(CompletableFuture<Optional<T>> future) {

    /**
     * Returns the result of a future that is not abandoned.
     *
     * @param <T> the result
     * @param future the future
     * @return the pending result
     */
    public static <T> Result<T> of(CompletableFuture<T> future) {
      return new Result<>(future.thenApply(Optional::of));
    }

    /**
     * Waits for the result without a limit.
     *
     * @return the result
     * @throws CancellationException if the leader abandoned the call, or if the thread is
     *     interrupted; in that case, its interrupt flag is set
     */
    public T await() {
      try {
        return await(Optional.empty()).orElseThrow(CancellationException::new);
      } catch (TimeoutException e) {
        throw new IllegalStateException("a wait without a limit does not time out", e);
      }
    }

    /**
     * Waits for the result.
     *
     * @param maxWait the maximum time to wait; empty for no limit
     * @return the result; empty if the leader abandoned the call
     * @throws TimeoutException if the time has elapsed
     * @throws CancellationException if the thread is interrupted; its interrupt flag is set
     */
    public Optional<T> await(Optional<Duration> maxWait) throws TimeoutException {
      try {
        return maxWait.isPresent()
            ? future.get(TimeUnit.NANOSECONDS.convert(maxWait.get()), TimeUnit.NANOSECONDS)
            : future.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedWaitException();
      } catch (ExecutionException e) {
        throw Result.<RuntimeException>unwrapped(e.getCause());
      }
    }

    /** Throws any exception without wrapping it, including undeclared checked ones. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // never cast at run time
    private static <E extends Throwable> E unwrapped(@Nullable Throwable e) throws E {
      throw (E) requireNonNull(e, "a failed call has a cause");
    }
  }

  /** Thrown if the thread is interrupted while it follows a call. */
  public static final class InterruptedWaitException extends CancellationException {
    private static final long serialVersionUID = 1L;

    InterruptedWaitException() {
      super("interrupted while waiting for the answer to the same prompt");
    }
  }
}
