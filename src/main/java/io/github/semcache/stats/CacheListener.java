package io.github.semcache.stats;

/**
 * Receives the events of a cache as they occur.
 *
 * <p>Implementations are thread-safe and must not block: the cache calls them on the thread of the
 * request, or on the thread of the judge for events of the judge. An exception of a listener is
 * logged and otherwise ignored.
 */
@FunctionalInterface
public interface CacheListener {

  /**
   * Receives an event.
   *
   * @param event the event
   */
  void onEvent(CacheEvent event);
}
