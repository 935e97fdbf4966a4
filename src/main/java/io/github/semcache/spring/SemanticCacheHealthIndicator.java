package io.github.semcache.spring;

import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestQuery;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Reports whether the store can be reached, whether its index can be searched, and which circuits
 * are open. A store that fails makes the status {@code DOWN}, although the application still works:
 * the cache then calls the model. Open circuits alone do not change the status.
 */
final class SemanticCacheHealthIndicator extends AbstractHealthIndicator {
  private static final String NO_ENTRY = "0".repeat(64);

  private final SemanticCache cache;
  private final VectorStore store;

  SemanticCacheHealthIndicator(SemanticCache cache, VectorStore store) {
    super("The store of the semantic cache failed");
    this.cache = cache;
    this.store = store;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    builder
        .withDetail("store", store.getClass().getSimpleName())
        .withDetail("embeddingModel", store.space().modelId())
        .withDetail("dimension", store.space().dimension())
        .withDetail("openCircuits", cache.openCircuits());
    store.find(NO_ENTRY);
    builder.withDetail("reachable", true);
    store.nearest(new NearestQuery(anyEmbedding(), NO_ENTRY, 1, Optional.empty()));
    builder.up().withDetail("index", "searchable");
  }

  private Embedding anyEmbedding() {
    float[] components = new float[store.space().dimension()];
    components[0] = 1;
    return Embedding.of(components);
  }
}
