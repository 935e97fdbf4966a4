package io.github.semcache.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Stops calls to a component that fails repeatedly. While the circuit is closed, all calls are
 * permitted. After a number of consecutive failures it opens, and calls are not permitted. After
 * each pause one trial call is permitted (half-open): its success closes the circuit, and after its
 * failure the circuit stays open.
 *
 * <p>The pauses grow exponentially: each one is twice as long as the previous one, up to sixteen
 * times the first one. Each is shortened by a random fraction of at most a quarter, so that many
 * processes do not try a recovering server at the same time.
 *
 * <p>Thread-safe. Does not block.
 */
public final class CircuitBreaker {
  /** A circuit breaker that never opens. */
  public static final CircuitBreaker NONE =
      new CircuitBreaker(Integer.MAX_VALUE, Duration.ZERO, System::nanoTime);

  /** The base-2 logarithm of the longest pause, in units of the first one. */
  private static final int MAX_DOUBLINGS = 4;

  private static final double MAX_JITTER = 0.25;

  private final int failuresToOpen;
  private final long pauseNanos;
  private final LongSupplier ticker;
  private final DoubleSupplier random;
  private final AtomicInteger consecutiveFailures = new AtomicInteger();
  private final AtomicInteger trials = new AtomicInteger();
  private final AtomicLong nextTrial = new AtomicLong();

  /**
   * Creates a closed circuit.
   *
   * @param failuresToOpen the number of consecutive failures that opens it, at least 1
   * @param pause the time until the first trial call
   * @param ticker a nanosecond ticker
   */
  public CircuitBreaker(int failuresToOpen, Duration pause, LongSupplier ticker) {
    this(failuresToOpen, pause, ticker, () -> ThreadLocalRandom.current().nextDouble());
  }

  /**
   * Creates a closed circuit.
   *
   * @param random uniform random numbers in [0, 1), for the jitter of the pauses
   */
  CircuitBreaker(int failuresToOpen, Duration pause, LongSupplier ticker, DoubleSupplier random) {
    this.failuresToOpen = failuresToOpen;
    this.pauseNanos = TimeUnit.NANOSECONDS.convert(pause);
    this.ticker = ticker;
    this.random = random;
  }

  /**
   * Returns whether the circuit is open, so that a permitted call is a trial.
   *
   * @return whether the circuit is open
   */
  public boolean isOpen() {
    return consecutiveFailures.get() >= failuresToOpen;
  }

  /**
   * Returns whether a call is permitted. Its result must be reported.
   *
   * @return whether to make the call
   */
  public boolean tryAcquire() {
    if (!isOpen()) {
      return true;
    }
    long now = ticker.getAsLong();
    long due = nextTrial.get();
    if (now - due < 0 || !nextTrial.compareAndSet(due, now + pause(trials.get() + 1))) {
      return false;
    }
    trials.incrementAndGet();
    return true;
  }

  private long pause(int doublings) {
    double factor = 1L << Math.min(doublings, MAX_DOUBLINGS);
    return (long) (pauseNanos * factor * (1 - MAX_JITTER * random.getAsDouble()));
  }

  /**
   * Records the success of a call.
   *
   * @return whether it closed the circuit
   */
  public boolean onSuccess() {
    if (consecutiveFailures.get() == 0) {
      return false;
    }
    return consecutiveFailures.getAndSet(0) >= failuresToOpen;
  }

  /**
   * Records the failure of a call.
   *
   * @return whether it opened the circuit
   */
  public boolean onFailure() {
    if (isOpen()) {
      return false;
    }
    // The time is set first, so that a thread that sees the open circuit also sees its pause.
    trials.set(0);
    nextTrial.set(ticker.getAsLong() + pause(0));
    return consecutiveFailures.incrementAndGet() == failuresToOpen;
  }
}
