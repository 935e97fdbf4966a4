package io.github.semcache;

import io.github.semcache.embedding.RejectedTextException;
import io.github.semcache.internal.concurrent.CircuitBreaker;
import io.github.semcache.internal.concurrent.Interrupts;
import io.github.semcache.stats.CacheEvent;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The boundary at which failures of the cache's parts become misses, unless the cache is configured
 * to fail on cache errors.
 */
final class FailOpen {
  private static final Logger log = LoggerFactory.getLogger(FailOpen.class);

  private final EventPublisher events;
  private final boolean failOnCacheErrors;
  private final Map<Operation, CircuitBreaker> breakers;

  /**
   * Creates the boundary.
   *
   * @param breakers the circuit breakers; operations without one are always attempted
   */
  FailOpen(
      EventPublisher events, boolean failOnCacheErrors, Map<Operation, CircuitBreaker> breakers) {
    this.events = events;
    this.failOnCacheErrors = failOnCacheErrors;
    this.breakers = breakers;
  }

  /** Returns the result of an action; empty if it fails, or if the circuit is open. */
  <T> Optional<T> attempt(Operation operation, Supplier<T> action) {
    CircuitBreaker breaker = breakers.getOrDefault(operation, CircuitBreaker.NONE);
    if (!breaker.tryAcquire()) {
      return Optional.empty();
    }
    try {
      T result = action.get();
      breaker.onSuccess();
      return Optional.of(result);
    } catch (RuntimeException | LinkageError e) {
      if (!(e instanceof RejectedTextException || Interrupts.caused(e))) {
        breaker.onFailure();
      }
      events.publish(new CacheEvent.Failed(operation.part(), e));
      if (failOnCacheErrors) {
        throw e;
      }
      log.debug("The {} failed; the request continues without it", operation.part(), e);
      return Optional.empty();
    }
  }

  /** Returns the names of the operations whose circuit is open, in lower case. */
  Set<String> openCircuits() {
    return breakers.entrySet().stream()
        .filter(circuit -> circuit.getValue().isOpen())
        .map(circuit -> circuit.getKey().name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
