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

  /**
   * Implemented by parts of a cache (embedders, stores, policies, admissions, and others) that
   * neither wait nor perform I/O. A cache calls them on the calling thread. It calls all other
   * parts on a worker thread, so that the caller can stop waiting at the {@link Deadline}.
   *
   * <p>Implement this interface only if every call ends within about a millisecond: a call that
   * hangs delays the caller beyond the deadline.
   */
  public interface NonBlocking {

    /**
     * Returns whether the calls of this part do not block. Wrappers return the value of the part
     * they wrap. Called once, when the cache is built.
     *
     * @return true by default
     */
    default boolean isNonBlocking() {
      return true;
    }

    /**
     * Returns whether a part declares that its calls do not block.
     *
     * @param part the part
     * @return true if the part implements this interface and does not block
     */
    static boolean test(Object part) {
      return part instanceof NonBlocking declared && declared.isNonBlocking();
    }
  }

  /**
   * Implemented by parts of a cache that depend on values of the calling thread, such as a trace
   * context. A cache may call a part on a worker thread; the part then receives the values through
   * {@link #withContext}.
   */
  public interface ContextAware {

    /**
     * Captures values of the current thread, which is the thread of the caller.
     *
     * @param task a task that calls this part on another thread
     * @return a task that sets the captured values, runs the given task, and restores the previous
     *     values
     */
    Runnable withContext(Runnable task);
  }

  /**
   * Implemented by stores and embedders that block, but end their calls at the {@linkplain
   * Deadline#current current deadline} themselves. A cache then makes these calls on the calling
   * thread, which saves two handovers between threads (some tens of microseconds).
   */
  public interface Aware {

    /**
     * Returns whether a lookup that starts now would end at the deadline. Called before each
     * lookup. Does not block.
     *
     * @return true if the lookup may be made on the caller's thread
     */
    boolean observesDeadline();
  }
}
