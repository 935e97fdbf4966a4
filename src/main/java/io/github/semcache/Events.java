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
final class Events {
  private static final Logger log = LoggerFactory.getLogger(SemanticCache.class);

  private final StatsCounter counter = new StatsCounter();
  private final CacheListener listener;
  private final LongSupplier ticker;

  Events(CacheListener listener, LongSupplier ticker) {
    this.listener = listener;
    this.ticker = ticker;
  }

  void publish(CacheEvent event) {
    counter.onEvent(event);
    try {
      listener.onEvent(event);
    } catch (RuntimeException e) {
      log.warn("The cache's listener failed on {}", event.getClass().getSimpleName(), e);
    }
  }

  CacheStats snapshot() {
    return counter.snapshot();
  }

  /** Runs an action and publishes how long it took, unless it throws. */
  <T> T timed(Supplier<T> action, TimedEvent<T> event) {
    long start = ticker.getAsLong();
    T result = action.get();
    publish(event.of(result, Duration.ofNanos(ticker.getAsLong() - start)));
    return result;
  }

  /** Makes the event of an action that ended well. */
  @FunctionalInterface
  interface TimedEvent<T> {
    CacheEvent of(T result, Duration took);
  }
}
