package io.github.semcache;

import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.stats.StatsCounter;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the counters and the user's listener what happens; the one fence around the listener. */
final class EventPublisher {
  private static final Logger log = LoggerFactory.getLogger(SemanticCache.class);

  private final StatsCounter counter = new StatsCounter();
  private final CacheListener listener;
  private final LongSupplier ticker;

  EventPublisher(CacheListener listener, LongSupplier ticker) {
    this.listener = listener;
    this.ticker = ticker;
  }

  /** A listener of another version than its libraries, or a test's, is a failing one too. */
  void publish(CacheEvent event) {
    counter.onEvent(event);
    try {
      listener.onEvent(event);
    } catch (RuntimeException | LinkageError | AssertionError e) {
      log.warn("The cache's listener failed on {}", event.getClass().getSimpleName(), e);
    }
  }

  CacheStats snapshot() {
    return counter.snapshot();
  }

  /** Begins to measure a time. */
  Stopwatch stopwatch() {
    return new Stopwatch(ticker, ticker.getAsLong());
  }

  /** Runs an action and publishes how long it took, unless it throws. */
  <T> T timed(Supplier<T> action, TimedEvent<T> event) {
    Stopwatch stopwatch = stopwatch();
    T result = action.get();
    publish(event.of(result, stopwatch.elapsed()));
    return result;
  }

  /** Makes the event of an action that ended well. */
  @FunctionalInterface
  interface TimedEvent<T> {
    CacheEvent of(T result, Duration took);
  }

  /** How long it is since a moment. */
  record Stopwatch(LongSupplier ticker, long start) {
    Duration elapsed() {
      return Duration.ofNanos(ticker.getAsLong() - start);
    }
  }
}
