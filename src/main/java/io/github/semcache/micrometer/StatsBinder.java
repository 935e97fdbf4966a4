package io.github.semcache.micrometer;

import io.github.semcache.SemanticCache;
import io.github.semcache.stats.CacheStats;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Micrometer's meters for caches, from the cache's own counts. */
final class StatsBinder extends CacheMeterBinder<SemanticCache> {

  StatsBinder(SemanticCache cache, String name, Tags tags) {
    super(cache, name, tags);
  }

  private long count(ToLongFunction<CacheStats> count) {
    @Nullable SemanticCache cache = getCache();
    return cache == null ? 0 : count.applyAsLong(cache.stats());
  }

  /** A store cannot always tell how much it holds. */
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
