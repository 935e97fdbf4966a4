package io.github.semcache.stats;

/**
 * Is told what the cache does, as it does it.
 *
 * <p>Called on the thread of the request, from many threads at once, and must not block. What it
 * throws is logged and otherwise ignored.
 */
@FunctionalInterface
public interface CacheListener {

  /**
   * Something happened.
   *
   * @param event what; none of the events holds a text of a prompt or an answer
   */
  void onEvent(CacheEvent event);
}
