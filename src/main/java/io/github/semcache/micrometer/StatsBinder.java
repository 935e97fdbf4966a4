package io.github.semcache.micrometer;

import io.github.semcache.SemanticCache;
import io.github.semcache.stats.CacheStats;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Binds the statistics of a cache to the standard cache meters of Micrometer. All meters have the
 * tag {@code cache} and the additional tags of the {@link CacheMetrics}.
 *
 * <ul>
 *   <li>{@code cache.gets}, function counter: the number of requests, with the tag {@code result}:
 *       {@code hit} or {@code miss}
 *   <li>{@code cache.puts}, function counter: the number of written entries
 *   <li>{@code cache.evictions}, function counter: the number of evicted entries, if the store
 *       reports it
 * </ul>
 *
 * <p>{@code cache.size} is not registered. The binder references the cache weakly. After the cache
 * has been garbage collected, all meters are 0.
 */
final class StatsBinder extends CacheMeterBinder<SemanticCache> {

  StatsBinder(SemanticCache cache, String name, Tags tags) {
    super(cache, name, tags);
  }

  private long count(ToLongFunction<CacheStats> count) {
    @Nullable SemanticCache cache = getCache();
    return cache == null ? 0 : count.applyAsLong(cache.stats());
  }

  /** Returns null: a store does not report its number of entries. */
  @Override
  protected @Nullable Long size() {
    return null;
  }

  @Override
  protected long hitCount() {
    return count(CacheStats::hits);
  }

  @Override
  protected Long missCount() {
    return count(CacheStats::misses);
  }

  @Override
  protected Long evictionCount() {
    return count(CacheStats::evictions);
  }

  @Override
  protected long putCount() {
    return count(CacheStats::writes);
  }

  @Override
  protected void bindImplementationSpecificMetrics(MeterRegistry registry) {}
}
