package io.github.semcache;

import io.github.semcache.embedding.RejectedTextException;
import io.github.semcache.stats.CacheEvent;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps trouble in the parts around the cache from the caller, unless the caller wants to see it.
 */
final class FailOpen {
  private static final Logger log = LoggerFactory.getLogger(SemanticCache.class);

  private final EventPublisher events;
  private final boolean failOnCacheErrors;
  private final Map<Operation, CircuitBreaker> breakers;

  /**
   * A fence with circuit breakers before some operations.
   *
   * @param breakers by operation; those that are absent are always tried
   */
  FailOpen(
      EventPublisher events, boolean failOnCacheErrors, Map<Operation, CircuitBreaker> breakers) {
    this.events = events;
    this.failOnCacheErrors = failOnCacheErrors;
    this.breakers = breakers;
  }

  /** The result of an action; empty if it failed, which is published, or if the circuit is open. */
  <T> Optional<T> attempt(Operation operation, Supplier<T> action) {
    CircuitBreaker breaker = breakers.getOrDefault(operation, CircuitBreaker.NONE);
    if (!breaker.allows()) {
      return Optional.empty();
    }
    try {
      T result = action.get();
      breaker.succeeded();
      return Optional.of(result);
    } catch (RuntimeException e) {
      if (!(e instanceof RejectedTextException || Interrupts.caused(e))) {
        breaker.failed();
      }
      events.publish(new CacheEvent.Failed(operation.part(), e));
      if (failOnCacheErrors) {
        throw e;
      }
      log.debug("The {} failed; the cache goes on without it", operation.part(), e);
      return Optional.empty();
    }
  }
}
