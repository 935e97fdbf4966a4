package io.github.semcache;

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
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Of many callers that want the same thing at once, lets one get it and the others wait for it.
 *
 * <p>The followers get the leader's result or its very exception. A flight ends before its
 * followers go on, so whoever comes later leads a new one.
 */
final class SingleFlight<T> {
  private final Map<String, Flight<T>> flights = new ConcurrentHashMap<>();

  /**
   * Takes part in the flight to what is wanted; the leader must end it.
   *
   * @param owner the thread that leads until the end, so that it does not wait for itself; null if
   *     the leader is bound to no thread
   */
  Seat<T> join(String key, @Nullable Thread owner) {
    return join(List.of(key), owner);
  }

  /**
   * Takes part in the first of several flights that is under way, or leads the last one.
   *
   * @param keys at least one
   * @param owner see {@link #join(String, Thread)}
   */
  Seat<T> join(List<String> keys, @Nullable Thread owner) {
    int last = keys.size() - 1;
    for (String other : keys.subList(0, last)) {
      Flight<T> running = flights.get(other);
      if (running != null && !running.isLedBy(owner)) {
        return new Seat<>(running, false);
      }
    }
    String key = keys.get(last);
    Flight<T> mine = new Flight<>(this, key, owner);
    Flight<T> running = flights.putIfAbsent(key, mine);
    if (running == null || running.isLedBy(owner)) {
      return new Seat<>(mine, true);
    }
    return new Seat<>(running, false);
  }

  /** A flight that nobody follows. */
  Flight<T> alone(String key) {
    return new Flight<>(this, key, null);
  }

  /**
   * Gets something in one call, here or on the thread that is about it already.
   *
   * @param maxWait how long to follow a call at most; past it the call is made here too
   * @param isForAll whether the followers get a result of the call too; else one of them makes it
   * @throws CancellationException if the thread is interrupted while it follows; its interrupt flag
   *     is set
   */
  T run(String key, Optional<Duration> maxWait, Supplier<T> call, Predicate<T> isForAll) {
    try {
      while (true) {
        Seat<T> seat = join(key, Thread.currentThread());
        if (seat.leads()) {
          return seat.flight().run(call, isForAll);
        }
        Optional<T> landing = seat.flight().landing().await(maxWait);
        if (landing.isPresent()) {
          return landing.get();
        }
      }
    } catch (TimeoutException e) {
      return call.get();
    }
  }

  /** A place in a flight. */
  record Seat<T>(Flight<T> flight, boolean leads) {}

  /** One attempt to get what is wanted. Only its first end counts. */
  static final class Flight<T> {
    private final SingleFlight<T> flights;
    private final String key;
    private final @Nullable Thread owner;
    private final Arrival<T> landing = new Arrival<>(new CompletableFuture<>());
    private final Arrival<T> end = new Arrival<>(new CompletableFuture<>());

    private Flight(SingleFlight<T> flights, String key, @Nullable Thread owner) {
      this.flights = flights;
      this.key = key;
      this.owner = owner;
    }

    private boolean isLedBy(@Nullable Thread thread) {
      return thread != null && thread == owner;
    }

    /** Makes the whole call. */
    T run(Supplier<T> call) {
      return run(call, result -> true);
    }

    private T run(Supplier<T> call, Predicate<T> isForAll) {
      T result = failingWith(call);
      if (isForAll.test(result)) {
        land(result);
      } else {
        abandon();
      }
      return result;
    }

    /**
     * Does a part of the leader's work. Whatever it throws ends the flight; an interrupt of this
     * thread is no failure of the followers.
     */
    T failingWith(Supplier<T> work) {
      try {
        return work.get();
      } catch (Throwable e) {
        if (Interrupts.caused(e)) {
          abandon();
        } else {
          fail(e);
        }
        throw e;
      }
    }

    /** Lets the followers go on with something while the flight, which others may join, goes on. */
    void share(T early) {
      landing.future().complete(Optional.of(early));
    }

    void land(T result) {
      flights.flights.remove(key, this);
      landing.future().complete(Optional.of(result));
      end.future().complete(Optional.of(result));
    }

    void fail(Throwable e) {
      flights.flights.remove(key, this);
      landing.future().completeExceptionally(e);
      end.future().completeExceptionally(e);
    }

    /** Ends without a result: the followers must see for themselves. */
    void abandon() {
      flights.flights.remove(key, this);
      landing.future().complete(Optional.empty());
      end.future().complete(Optional.empty());
    }

    /** What the followers go on with: what was shared, or how the flight ended. */
    Arrival<T> landing() {
      return landing;
    }

    /** How the flight ends, whatever was shared before. */
    Arrival<T> end() {
      return end;
    }
  }

  /** What followers wait for: a result, or empty if the leader gave up. */
  record Arrival<T>(CompletableFuture<Optional<T>> future) {

    /**
     * Waits for the result; empty if the leader gave up.
     *
     * @throws TimeoutException if the wait took too long
     * @throws CancellationException if the thread is interrupted; its interrupt flag is set
     */
    Optional<T> await(Optional<Duration> maxWait) throws TimeoutException {
      try {
        return maxWait.isPresent()
            ? future.get(TimeUnit.NANOSECONDS.convert(maxWait.get()), TimeUnit.NANOSECONDS)
            : future.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedWait();
      } catch (ExecutionException e) {
        throw Arrival.<RuntimeException>asIs(e.getCause());
      }
    }

    /** Throws any exception without wrapping it, also a checked one that no signature declares. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // never cast at run time
    private static <E extends Throwable> E asIs(@Nullable Throwable e) throws E {
      throw (E) requireNonNull(e, "a failed flight has a cause");
    }
  }

  /** The thread was interrupted while it followed. */
  static final class InterruptedWait extends CancellationException {
    private static final long serialVersionUID = 1L;

    InterruptedWait() {
      super("interrupted while waiting for the answer to the same prompt");
    }
  }
}
