package io.github.semcache.micrometer;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.deadline.Deadline.ContextAware;
import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.store.VectorStore.VersionedEntry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store whose lookups are observed. It implements {@link StateStore} and {@link
 * VectorStore.Listable} if the wrapped store does.
 */
class ObservedStore implements VectorStore, NonBlocking, Deadline.Aware, ContextAware {
  private final VectorStore store;
  private final ObservationRegistry registry;

  private ObservedStore(VectorStore store, ObservationRegistry registry) {
    this.store = store;
    this.registry = registry;
  }

  static VectorStore of(VectorStore store, ObservationRegistry registry) {
    if (store instanceof StateStore state) {
      return store instanceof VectorStore.Listable listable
          ? new ObservedStateAndListableStore(store, registry, state, listable)
          : new ObservedStateStore(store, registry, state);
    }
    return store instanceof VectorStore.Listable listable
        ? new ObservedListableStore(store, registry, listable)
        : new ObservedStore(store, registry);
  }

  @Override
  public boolean isNonBlocking() {
    return NonBlocking.test(store);
  }

  @Override
  public boolean observesDeadline() {
    return store instanceof Deadline.Aware aware && aware.observesDeadline();
  }

  /** Makes the current observation the parent of the observations of the task. */
  @Override
  public Runnable withContext(Runnable task) {
    @Nullable Observation parent = registry.getCurrentObservation();
    Runnable inner = store instanceof ContextAware aware ? aware.withContext(task) : task;
    return parent == null ? inner : () -> parent.scoped(inner);
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
  public VersionedEntry findWithVersions(String key, Set<String> dependencies) {
    return observe(
        "exact",
        () -> store.findWithVersions(key, dependencies),
        found -> found.entry().isPresent() ? 1 : 0);
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
  public int put(List<NewEntry> entries) {
    return store.put(entries);
  }

  @Override
  public OptionalInt putIfUnchanged(NewEntry entry, Optional<Instant> known) {
    return store.putIfUnchanged(entry, known);
  }

  @Override
  public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
    return store.updateEntry(key, change);
  }

  @Override
  public boolean expire(String key, Optional<Duration> timeToLive) {
    return store.expire(key, timeToLive);
  }

  @Override
  public FoundEntries findAll(Set<String> keys) {
    return observe("exact", () -> store.findAll(keys), found -> found.entries().size());
  }

  @Override
  public List<NearestEntries> nearestAll(List<NearestQuery> queries) {
    return observe(
        "semantic",
        () -> store.nearestAll(queries),
        found -> found.stream().mapToInt(nearest -> nearest.matches().size()).sum());
  }

  @Override
  public long remove(EntrySelector selector) {
    return store.remove(selector);
  }

  @Override
  public long remove(EntrySelector selector, LongConsumer progress) {
    return store.remove(selector, progress);
  }

  @Override
  public long count(EntrySelector selector) {
    return store.count(selector);
  }

  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    return store.versions(dependencies);
  }

  @Override
  public Optional<VersionedEntry> findNear(String key, Set<String> dependencies) {
    return store.findNear(key, dependencies);
  }

  @Override
  public Optional<LeaseStore> leases() {
    return store.leases();
  }

  @Override
  public void renewVersion(String dependency) {
    store.renewVersion(dependency);
  }

  @Override
  public void close() {
    store.close();
  }

  private static class ObservedStateStore extends ObservedStore implements StateStore {
    private final StateStore state;

    ObservedStateStore(VectorStore store, ObservationRegistry registry, StateStore state) {
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

  private static final class ObservedStateAndListableStore extends ObservedStateStore
      implements VectorStore.Listable {
    private final VectorStore.Listable listable;

    ObservedStateAndListableStore(
        VectorStore store,
        ObservationRegistry registry,
        StateStore state,
        VectorStore.Listable listable) {
      super(store, registry, state);
      this.listable = listable;
    }

    @Override
    public Stream<ListedEntry> entries() {
      return listable.entries();
    }

    @Override
    public List<ListedEntry> entries(Set<String> keys) {
      return listable.entries(keys);
    }
  }

  private static final class ObservedListableStore extends ObservedStore
      implements VectorStore.Listable {
    private final VectorStore.Listable listable;

    ObservedListableStore(
        VectorStore store, ObservationRegistry registry, VectorStore.Listable listable) {
      super(store, registry);
      this.listable = listable;
    }

    @Override
    public Stream<ListedEntry> entries() {
      return listable.entries();
    }

    @Override
    public List<ListedEntry> entries(Set<String> keys) {
      return listable.entries(keys);
    }
  }
}
