package io.github.semcache.micrometer;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Insertion;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.Selection;
import io.github.semcache.store.VectorStore;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** {@link CacheObservations#observe(VectorStore)}. */
record ObservedStore(VectorStore store, ObservationRegistry registry) implements VectorStore {

  @Override
  public EmbeddingSpace space() {
    return store.space();
  }

  @Override
  public Optional<CacheEntry> find(String key) {
    return observe("exact", () -> store.find(key), found -> found.isPresent() ? 1 : 0);
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    return observe("semantic", () -> store.nearest(query), found -> found.matches().size());
  }

  private <T> T observe(String tier, Supplier<T> lookup, ToIntFunction<T> found) {
    Observation observation =
        Observation.createNotStarted("semcache.lookup", registry)
            .contextualName("semcache lookup " + tier)
            .lowCardinalityKeyValue("semcache.tier", tier);
    return observation.observe(
        () -> {
          T result = lookup.get();
          observation.highCardinalityKeyValue(
              "semcache.found", Integer.toString(found.applyAsInt(result)));
          return result;
        });
  }

  @Override
  public int put(List<Insertion> insertions) {
    return store.put(insertions);
  }

  @Override
  public long remove(Selection selection) {
    return store.remove(selection);
  }

  @Override
  public void close() {
    store.close();
  }
}
