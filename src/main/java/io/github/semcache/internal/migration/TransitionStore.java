package io.github.semcache.internal.migration;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.StoreException;
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

  /** {@inheritDoc} Counts as {@link #count(EntrySelector)} does. */
  @Override
  public long remove(EntrySelector selector) {
    return remove(selector, removed -> {});
  }

  /** {@inheritDoc} See {@link #remove(EntrySelector)}. */
  @Override
  public long remove(EntrySelector selector, LongConsumer progress) {
    long copies = copies(selector);
    long[] removed = new long[2];
    try {
      removed[0] = old.remove(selector, progress);
    } finally {
      removed[1] =
          current.remove(selector, count -> progress.accept(distinct(removed[0], count, copies)));
    }
    return distinct(removed[0], removed[1], copies);
  }

  /**
   * {@inheritDoc} Counts the entries of both stores; an entry and its copy count as one. Copies
   * whose originals do not exist any more may not be counted. If entries are selected by their age,
   * an entry and its copy count as two.
   */
  @Override
  public long count(EntrySelector selector) {
    return distinct(old.count(selector), current.count(selector), copies(selector));
  }

  /**
   * Counts the entries that depend on something and were written under its current version, which
   * may be another one in each store.
   *
   * @param dependency the name of the dependency
   * @return the number of entries, as {@link #count} counts them
   * @throws io.github.semcache.store.StoreException if a store fails
   */
  public long countDependents(String dependency) {
    EntrySelector selector = EntrySelector.currentDependents(current, dependency);
    return distinct(
        old.count(EntrySelector.currentDependents(old, dependency)),
        current.count(selector),
        copies(selector));
  }

  /** Returns the number of copies among selected entries of the new store; 0 if it is not known. */
  private long copies(EntrySelector selector) {
    if (selector instanceof EntrySelector.ByKey) {
      return 1;
    }
    try {
      return CopyMark.copiesOf(selector).map(current::count).orElse(0L);
    } catch (StoreException e) {
      return 0; // The removal that follows fails too, after the one in the old store.
    }
  }

  /** Returns the number of entries that are in at least one of the stores. */
  private static long distinct(long ofOld, long ofCurrent, long copies) {
    return Math.max(ofOld, Math.max(ofCurrent, ofOld + ofCurrent - copies));
  }

  /** Has no effect: the stores are closed by their owners. */
  @Override
  public void close() {}
}
