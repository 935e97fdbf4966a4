package io.github.semcache;

import io.github.semcache.stats.CacheEvent;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps trouble in the parts around the cache from the caller, unless the caller wants to see it.
 */
final class Fence {
  private static final Logger log = LoggerFactory.getLogger(SemanticCache.class);

  private final Events events;
  private final boolean failOnCacheErrors;

  Fence(Events events, boolean failOnCacheErrors) {
    this.events = events;
    this.failOnCacheErrors = failOnCacheErrors;
  }

  /** The result of an action, or empty if it failed; the failure is published. */
  <T> Optional<T> attempt(CacheEvent.Part part, Supplier<T> action) {
    try {
      return Optional.of(action.get());
    } catch (RuntimeException e) {
      events.publish(new CacheEvent.Failed(part, e));
      if (failOnCacheErrors) {
        throw e;
      }
      log.debug("The {} failed; the cache goes on without it", part, e);
      return Optional.empty();
    }
  }
}
