package io.github.semcache.internal.stats;

import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.internal.concurrent.RedactedFailure;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.stats.CacheStats;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes events to the counters and to the user's listener, whose exceptions are not propagated.
 */
public final class EventPublisher {
  private static final Logger log = LoggerFactory.getLogger(EventPublisher.class);

  private final CacheStats.Counter counter = CacheStats.counter();
  private final CacheListener listener;
  private final LongSupplier ticker;

  /**
   * Creates a publisher.
   *
   * @param listener the listener of the user
   * @param ticker a count of nanoseconds from any origin
   */
  public EventPublisher(CacheListener listener, LongSupplier ticker) {
    this.listener = listener;
    this.ticker = ticker;
  }

  /**
   * Counts an event and notifies the listener.
   *
   * @param event the event
   */
  public void publish(CacheEvent event) {
    counter.onEvent(event);
    try {
      listener.onEvent(event);
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      log.warn(
          "The listener of the cache failed on {}",
          event.getClass().getSimpleName(),
          RedactedFailure.of(e));
    }
  }

  /**
   * Counts the scope of a request.
   *
   * @param query the query of the request
   */
  public void countScope(Query query) {
    counter.countScope(query.scope().hash());
  }

  /**
   * Returns the statistics.
   *
   * @return a snapshot of the counters
   */
  public CacheStats snapshot() {
    return counter.snapshot();
  }

  /**
   * Starts a stopwatch.
   *
   * @return a stopwatch that starts now
   */
  public Stopwatch startStopwatch() {
    return new Stopwatch(ticker, ticker.getAsLong());
  }

  /**
   * Runs an action and publishes its duration, unless it throws.
   *
   * @param <T> the result of the action
   * @param action the action
   * @param event creates the event
   * @return the result of the action
   */
  public <T> T timed(Supplier<T> action, TimedEvent<T> event) {
    Stopwatch stopwatch = startStopwatch();
    T result = action.get();
    publish(event.of(result, stopwatch.elapsed()));
    return result;
  }

  /**
   * Creates the event of a successful action.
   *
   * @param <T> the result of the action
   */
  @FunctionalInterface
  public interface TimedEvent<T> {

    /**
     * Creates an event.
     *
     * @param result the result of the action
     * @param took the duration of the action
     * @return the event
     */
    CacheEvent of(T result, Duration took);
  }

  /**
   * Measures the time since a start.
   *
   * @param ticker a count of nanoseconds from any origin
   * @param start the count at the start
   */
  public record Stopwatch(LongSupplier ticker, long start) {

    /**
     * Returns the time since the start.
     *
     * @return the elapsed time
     */
    public Duration elapsed() {
      return Duration.ofNanos(ticker.getAsLong() - start);
    }
  }
}
