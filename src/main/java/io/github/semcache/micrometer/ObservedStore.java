package io.github.semcache.micrometer;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.ListableStore;
import io.github.semcache.store.ListableStore.ListedEntry;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * {@link CacheObservations#observe(VectorStore)}. What a store can do besides, keep the state of a
 * cache or list its entries, it can do when it is observed.
 */
class ObservedStore implements VectorStore {
  private final VectorStore store;
  private final ObservationRegistry registry;

  private ObservedStore(VectorStore store, ObservationRegistry registry) {
    this.store = store;
    this.registry = registry;
  }

  static VectorStore of(VectorStore store, ObservationRegistry registry) {
    if (store instanceof StateStore state) {
      return store instanceof ListableStore listing
          ? new OfStateAndListing(store, registry, state, listing)
          : new OfState(store, registry, state);
    }
    return store instanceof ListableStore listing
        ? new OfListing(store, registry, listing)
        : new ObservedStore(store, registry);
  }

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
  public int put(List<NewEntry> insertions) {
    return store.put(insertions);
  }

  @Override
  public Optional<CacheEntry> updateAttributes(String key, UnaryOperator<CacheEntry> change) {
    return store.updateAttributes(key, change);
  }

  @Override
  public long remove(EntrySelector selection) {
    return store.remove(selection);
  }

  @Override
  public void close() {
    store.close();
  }

  private static class OfState extends ObservedStore implements StateStore {
    private final StateStore state;

    OfState(VectorStore store, ObservationRegistry registry, StateStore state) {
      super(store, registry);
      this.state = state;
    }

    @Override
    public Optional<byte[]> load(String name) {
      return state.load(name);
    }

    @Override
    public void update(String name, Function<Optional<byte[]>, byte[]> change) {
      state.update(name, change);
    }

    @Override
    public void save(String name, byte[] bytes) {
      state.save(name, bytes);
    }
  }

  private static final class OfStateAndListing extends OfState implements ListableStore {
    private final ListableStore listing;

    OfStateAndListing(
        VectorStore store, ObservationRegistry registry, StateStore state, ListableStore listing) {
      super(store, registry, state);
      this.listing = listing;
    }

    @Override
    public Stream<ListedEntry> entries() {
      return listing.entries();
    }
  }

  private static final class OfListing extends ObservedStore implements ListableStore {
    private final ListableStore listing;

    OfListing(VectorStore store, ObservationRegistry registry, ListableStore listing) {
      super(store, registry);
      this.listing = listing;
    }

    @Override
    public Stream<ListedEntry> entries() {
      return listing.entries();
    }
  }
}
