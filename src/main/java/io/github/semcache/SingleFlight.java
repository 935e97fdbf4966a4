package io.github.semcache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Of many threads that want the same thing at once, lets one get it and the others wait for it.
 *
 * <p>The followers get the leader's result or its very exception. A flight ends before its
 * followers go on, so whoever comes later leads a new one.
 */
final class SingleFlight<T> {
  private final Map<String, Flight<T>> flights = new ConcurrentHashMap<>();

  /**
   * Leads or follows.
   *
   * @param key what is wanted
   * @param maxWait how long to follow at most; past it the call is made here too
   * @param onFollow run before waiting for another thread's call
   * @param call gets what is wanted
   * @throws CancellationException if the thread is interrupted while it follows; its interrupt flag
   *     is set
   */
  T run(String key, Optional<Duration> maxWait, Runnable onFollow, Supplier<T> call) {
    Flight<T> mine = new Flight<>(Thread.currentThread(), new CompletableFuture<>());
    Flight<T> running = flights.putIfAbsent(key, mine);
    if (running == null) {
      return lead(key, mine, call);
    }
    if (running.leader == Thread.currentThread()) {
      return call.get();
    }
    onFollow.run();
    return follow(running, maxWait, call);
  }

  private T lead(String key, Flight<T> flight, Supplier<T> call) {
    try {
      T result = call.get();
      flights.remove(key);
      flight.result.complete(result);
      return result;
    } catch (Throwable e) {
      flights.remove(key);
      flight.result.completeExceptionally(e);
      throw e;
    }
  }

  private static <T> T follow(Flight<T> flight, Optional<Duration> maxWait, Supplier<T> call) {
    try {
      return maxWait.isPresent()
          ? flight.result.get(saturatedNanos(maxWait.get()), TimeUnit.NANOSECONDS)
          : flight.result.get();
    } catch (TimeoutException e) {
      return call.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedWait();
    } catch (ExecutionException e) {
      throw SingleFlight.<RuntimeException>asIs(e.getCause());
    }
  }

  private static long saturatedNanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  /** Throws any exception without wrapping it, also a checked one that no signature declares. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // never cast at run time
  private static <E extends Throwable> E asIs(@Nullable Throwable e) throws E {
    throw (E) requireNonNull(e, "a failed flight has a cause");
  }

  private record Flight<T>(Thread leader, CompletableFuture<T> result) {}

  /** The thread was interrupted while it followed. */
  static final class InterruptedWait extends CancellationException {
    private static final long serialVersionUID = 1L;

    InterruptedWait() {
      super("interrupted while waiting for the answer to the same prompt");
    }
  }
}
