package io.github.semcache.internal.migration;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

/**
 * A new store together with the old one that it replaces, for changes that users make: they are
 * made in both, in the old store first. {@link EntryCopier} relies on this order. Searches and new
 * entries concern the new store only. If the old store fails, the change is made in the new one,
 * and the exception is thrown afterwards.
 */
public final class TransitionStore implements VectorStore {
  private final VectorStore old;
  private final VectorStore current;

  /**
   * Combines two stores. Neither is closed with the combination.
   *
   * @param old the old store
   * @param current the new store
   */
  public TransitionStore(VectorStore old, VectorStore current) {
    this.old = old;
    this.current = current;
  }

  @Override
  public EmbeddingSpace space() {
    return current.space();
  }

  /** {@inheritDoc} Returns the entry of the old store if the new one has none. */
  @Override
  public Optional<CacheEntry> find(String key) {
    return current.find(key).filter(entry -> !CopyMark.isPending(entry)).or(() -> old.find(key));
  }

  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    return current.versions(dependencies);
  }

  @Override
  public void renewVersion(String dependency) {
    try {
      old.renewVersion(dependency);
    } finally {
      current.renewVersion(dependency);
    }
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    return current.nearest(query);
  }

  @Override
  public int put(List<NewEntry> entries) {
    return current.put(entries);
  }

  @Override
  public OptionalInt putIfUnchanged(NewEntry entry, Optional<Instant> known) {
    return current.putIfUnchanged(entry, known);
  }

  @Override
  public Optional<LeaseStore> leases() {
    return current.leases();
  }

  @Override
  public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
    Optional<CacheEntry> changedOld = Optional.empty();
    Optional<CacheEntry> changed = Optional.empty();
    try {
      changedOld = old.updateEntry(key, change);
    } finally {
      changed = current.updateEntry(key, change);
    }
    return changed.isPresent() ? changed : changedOld;
  }

  @Override
  public boolean expire(String key, Optional<Duration> timeToLive) {
    boolean existed = false;
    boolean exists = false;
    try {
      existed = old.expire(key, timeToLive);
    } finally {
      exists = current.expire(key, timeToLive);
    }
    return exists || existed;
  }

  /** {@inheritDoc} Counts the entries of both stores; an entry and its copy count as two. */
  @Override
  public long remove(EntrySelector selector) {
    return remove(selector, removed -> {});
  }

  /** {@inheritDoc} See {@link #remove(EntrySelector)}. */
  @Override
  public long remove(EntrySelector selector, LongConsumer progress) {
    long[] removed = new long[2];
    try {
      removed[0] = old.remove(selector, progress);
    } finally {
      removed[1] = current.remove(selector, count -> progress.accept(removed[0] + count));
    }
    return removed[0] + removed[1];
  }

  /** {@inheritDoc} Counts the entries of both stores; an entry and its copy count as two. */
  @Override
  public long count(EntrySelector selector) {
    return old.count(selector) + current.count(selector);
  }

  /** Has no effect: the stores are closed by their owners. */
  @Override
  public void close() {}
}
