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

  public EventPublisher(CacheListener listener, LongSupplier ticker) {
    this.listener = listener;
    this.ticker = ticker;
  }

  /** Counts an event and notifies the listener. */
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

  /** Counts the scope of a request. */
  public void countScope(Query query) {
    counter.countScope(query.scope().hash());
  }

  public CacheStats snapshot() {
    return counter.snapshot();
  }

  public Stopwatch startStopwatch() {
    return new Stopwatch(ticker, ticker.getAsLong());
  }

  /** Runs an action and publishes its duration, unless it throws. */
  public <T> T timed(Supplier<T> action, TimedEvent<T> event) {
    Stopwatch stopwatch = startStopwatch();
    T result = action.get();
    publish(event.of(result, stopwatch.elapsed()));
    return result;
  }

  /** Creates the event of a successful action. */
  @FunctionalInterface
  public interface TimedEvent<T> {
    CacheEvent of(T result, Duration took);
  }

  /** Measures the time since a start. */
  public record Stopwatch(LongSupplier ticker, long start) {
    public Duration elapsed() {
      return Duration.ofNanos(ticker.getAsLong() - start);
    }
  }
}
