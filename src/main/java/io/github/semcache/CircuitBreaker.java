package io.github.semcache;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Leaves a part alone for a while after it has failed several times in a row, so that a part that
 * hangs until its time-out does not slow down every request. While it is open, one request in each
 * pause tries whether the part works again.
 */
final class CircuitBreaker {
  /** Never opens. */
  static final CircuitBreaker NONE =
      new CircuitBreaker(Integer.MAX_VALUE, Duration.ZERO, System::nanoTime);

  private final int failuresToOpen;
  private final long pauseNanos;
  private final LongSupplier ticker;
  private final AtomicInteger failuresInARow = new AtomicInteger();
  private final AtomicLong nextTry = new AtomicLong();

  CircuitBreaker(int failuresToOpen, Duration pause, LongSupplier ticker) {
    this.failuresToOpen = failuresToOpen;
    this.pauseNanos = TimeUnit.NANOSECONDS.convert(pause);
    this.ticker = ticker;
  }

  boolean allows() {
    if (failuresInARow.get() < failuresToOpen) {
      return true;
    }
    long now = ticker.getAsLong();
    long due = nextTry.get();
    return now - due >= 0 && nextTry.compareAndSet(due, now + pauseNanos);
  }

  void succeeded() {
    failuresInARow.set(0);
  }

  void failed() {
    // The time goes first, so that whoever sees the circuit open knows when to try again.
    nextTry.set(ticker.getAsLong() + pauseNanos);
    failuresInARow.updateAndGet(failures -> Math.min(failures + 1, failuresToOpen));
  }
}
