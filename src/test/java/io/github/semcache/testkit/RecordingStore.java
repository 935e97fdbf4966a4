package io.github.semcache.testkit;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Delegates the calls for entries to another store and records their names. Calls for states are
 * recorded and fail. Thread-safe.
 */
final class RecordingStore implements VectorStore, StateStore {
  private final VectorStore store;
  private final List<String> calls = new CopyOnWriteArrayList<>();

  RecordingStore(VectorStore store) {
    this.store = store;
  }

  /** Returns the names of the methods that were called, in order, without those of closing. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public EmbeddingSpace space() {
    return store.space();
  }

  @Override
  public Optional<CacheEntry> find(String key) {
    calls.add("find");
    return store.find(key);
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    calls.add("nearest");
    return store.nearest(query);
  }

  @Override
  public int put(List<NewEntry> entries) {
    calls.add("put");
    return store.put(entries);
  }

  @Override
  public OptionalInt putIfUnchanged(NewEntry entry, Optional<Instant> known) {
    calls.add("put");
    return store.putIfUnchanged(entry, known);
  }

  @Override
  public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
    calls.add("updateEntry");
    return store.updateEntry(key, change);
  }

  @Override
  public boolean expire(String key, Optional<Duration> timeToLive) {
    calls.add("expire");
    return store.expire(key, timeToLive);
  }

  @Override
  public long remove(EntrySelector selector) {
    calls.add("remove");
    return store.remove(selector);
  }

  @Override
  public long count(EntrySelector selector) {
    calls.add("count");
    return store.count(selector);
  }

  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    calls.add("versions");
    return store.versions(dependencies);
  }

  @Override
  public void renewVersion(String dependency) {
    calls.add("renewVersion");
    store.renewVersion(dependency);
  }

  @Override
  public Optional<byte[]> load(String name) {
    calls.add("load " + name);
    throw new IllegalStateException("the state " + name + " must not be loaded");
  }

  @Override
  public void update(String name, Function<Optional<byte[]>, byte[]> change) {
    calls.add("update " + name);
    throw new IllegalStateException("the state " + name + " must not be updated");
  }

  @Override
  public void close() {
    store.close();
  }
}
