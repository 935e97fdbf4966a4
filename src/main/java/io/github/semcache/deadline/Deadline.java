package io.github.semcache.deadline;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The time by which a call must end. A cache sets the current deadline of a thread before it calls
 * an embedder, a store, a policy, or another part on that thread. A part that accepts a time limit
 * for its own calls, such as an HTTP client, should pass the {@link #remaining} time of the {@link
 * #current} deadline:
 *
 * <pre>{@code
 * Duration timeout = Deadline.current().map(Deadline::remaining).orElse(defaultTimeout);
 * }</pre>
 *
 * <p>The cache does not rely on that: it stops waiting at the deadline. Thread-safe; does not
 * block.
 */
public final class Deadline {
  private static final ThreadLocal<@Nullable Deadline> CURRENT = new ThreadLocal<>();

  private final LongSupplier ticker;
  private final long endNanos;
  private volatile boolean expired;

  private Deadline(LongSupplier ticker, long endNanos) {
    this.ticker = ticker;
    this.endNanos = endNanos;
  }

  /**
   * Creates a deadline.
   *
   * @param time the time until the deadline; a deadline with a time that is not positive has
   *     expired
   * @return the deadline
   */
  public static Deadline after(Duration time) {
    return after(time, System::nanoTime);
  }

  /**
   * Creates a deadline that is measured with a ticker.
   *
   * @param time the time until the deadline; a deadline with a time that is not positive has
   *     expired
   * @param ticker a count of nanoseconds from any origin
   * @return the deadline
   */
  public static Deadline after(Duration time, LongSupplier ticker) {
    requireNonNull(time, "time");
    requireNonNull(ticker, "ticker");
    return new Deadline(ticker, ticker.getAsLong() + TimeUnit.NANOSECONDS.convert(time));
  }

  /**
   * Returns the deadline of the current call on this thread.
   *
   * @return the deadline; empty if the current call has none
   */
  public static Optional<Deadline> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /**
   * Returns the time until this deadline.
   *
   * @return the remaining time; zero if the deadline has expired
   */
  public Duration remaining() {
    return expired ? Duration.ZERO : Duration.ofNanos(Math.max(0, endNanos - ticker.getAsLong()));
  }

  /**
   * Returns whether this deadline has expired.
   *
   * @return true if no time remains
   */
  public boolean isExpired() {
    return expired || endNanos - ticker.getAsLong() <= 0;
  }

  /** Expires this deadline now. */
  public void expire() {
    expired = true;
  }

  /**
   * Makes a call on this thread, with this deadline as the {@linkplain #current current} one. The
   * previous deadline of the thread is restored afterwards. Does not interrupt the call.
   *
   * @param <T> the result of the call
   * @param call the call
   * @return the result of the call
   */
  public <T> T run(Supplier<T> call) {
    @Nullable Deadline previous = CURRENT.get();
    CURRENT.set(this);
    try {
      return call.get();
    } finally {
      CURRENT.set(previous); // not removed: creating it again costs more than a lookup
    }
  }

  /** Returns the remaining time. */
  @Override
  public String toString() {
    return "Deadline[" + remaining() + "]";
  }
}
