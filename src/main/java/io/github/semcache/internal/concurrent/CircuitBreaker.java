package io.github.semcache.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Stops calls to a component that fails repeatedly. While the circuit is closed, all calls are
 * permitted. After a number of consecutive failures it opens, and calls are not permitted. After
 * each pause one trial call is permitted (half-open): its success closes the circuit, its failure
 * starts the next pause.
 *
 * <p>Thread-safe. Does not block.
 */
public final class CircuitBreaker {
  /** A circuit breaker that never opens. */
  public static final CircuitBreaker NONE =
      new CircuitBreaker(Integer.MAX_VALUE, Duration.ZERO, System::nanoTime);

  private final int failuresToOpen;
  private final long pauseNanos;
  private final LongSupplier ticker;
  private final AtomicInteger consecutiveFailures = new AtomicInteger();
  private final AtomicLong nextTrial = new AtomicLong();

  /**
   * Creates a closed circuit.
   *
   * @param failuresToOpen the number of consecutive failures that opens it, at least 1
   * @param pause the time between trial calls
   * @param ticker a nanosecond ticker
   */
  public CircuitBreaker(int failuresToOpen, Duration pause, LongSupplier ticker) {
    this.failuresToOpen = failuresToOpen;
    this.pauseNanos = TimeUnit.NANOSECONDS.convert(pause);
    this.ticker = ticker;
  }

  /**
   * Returns whether a call is permitted. Its result must be reported.
   *
   * @return whether to make the call
   */
  public boolean tryAcquire() {
    if (consecutiveFailures.get() < failuresToOpen) {
      return true;
    }
    long now = ticker.getAsLong();
    long due = nextTrial.get();
    return now - due >= 0 && nextTrial.compareAndSet(due, now + pauseNanos);
  }

  /**
   * Returns whether the circuit is open or half-open.
   *
   * @return false if it is closed
   */
  public boolean isOpen() {
    return consecutiveFailures.get() >= failuresToOpen;
  }

  /** Records the success of a call. */
  public void onSuccess() {
    consecutiveFailures.set(0);
  }

  /** Records the failure of a call. */
  public void onFailure() {
    // The time is set first, so that a thread that sees the open circuit also sees its pause.
    nextTrial.set(ticker.getAsLong() + pauseNanos);
    consecutiveFailures.updateAndGet(failures -> Math.min(failures + 1, failuresToOpen));
  }
}
