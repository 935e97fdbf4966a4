package io.github.semcache.lucene;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.CorruptEntryException;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.ListableStore.ListedEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.StoreException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.util.IOSupplier;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * What lookups see: the catalog of all entries, the recent ones themselves, and a snapshot of the
 * index for the others.
 *
 * <p>Safe for use by many threads. Lookups run side by side, and hold the lock until they have read
 * all that they return; changes hold it alone but do nothing slow.
 */
final class EntryTable {
  private final int maxEntries;
  private final int efSearch;
  private final InstantSource time;

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Catalog catalog;
  private final Memtable recent = new Memtable();
  private Snapshot snapshot;
  private boolean closed;

  /** A table of what the index has; the snapshot's slots are those of the catalog. */
  EntryTable(Catalog catalog, Snapshot snapshot, int maxEntries, int efSearch, InstantSource time) {
    this.catalog = catalog;
    this.snapshot = snapshot;
    this.maxEntries = maxEntries;
    this.efSearch = efSearch;
    this.time = time;
  }

  long now() {
    return EntryMetadata.millis(time.instant());
  }

  Optional<CacheEntry> find(String key) {
    long now = now();
    return reading(
        () -> {
          EntryRef slot = catalog.find(key);
          if (slot == null || !slot.livesAt(now)) {
            return Optional.empty();
          }
          catalog.touch(slot);
          return Optional.of(read(slot));
        });
  }

  /**
   * Searches.
   *
   * @param embedding the query's, of length 1
   */
  NearestEntries nearest(NearestQuery query, Embedding embedding) {
    long now = now();
    long notBefore = query.notBefore().map(EntryMetadata::millis).orElse(Long.MIN_VALUE);
    return reading(
        () -> {
          ScopeEntryRefs scope = catalog.scope(query.scope());
          if (scope == null) {
            return NearestEntries.none();
          }
          NearestSearch search = new NearestSearch(embedding, scope, query.k(), now, notBefore);
          for (EntryRef slot : recent.of(scope)) {
            LogRecord.Put put = slot.recent;
            if (put != null && put.embedding().isPresent() && search.accepts(slot)) {
              search.offer(slot, put.embedding().get());
            }
          }
          snapshot.search(search, embedding.toArray(), efSearch);
          return read(search.hits());
        });
  }

  private NearestEntries read(List<NearestSearch.Hit> hits) throws IOException {
    List<Match> matches = new ArrayList<>();
    int corrupt = 0;
    for (NearestSearch.Hit hit : hits) {
      try {
        matches.add(new Match(read(hit.slot()), hit.distance()));
      } catch (CorruptEntryException e) {
        corrupt++;
      }
    }
    if (!hits.isEmpty()) {
      catalog.touch(hits.get(0).slot());
    }
    return new NearestEntries(matches, corrupt);
  }

  /**
   * All living entries that can be read. Each is read on its own, so the table is never held long.
   */
  Stream<ListedEntry> entries() {
    long now = now();
    List<EntryRef> living =
        reading(
            () ->
                catalog.select(new EntrySelector.All()).stream()
                    .filter(slot -> slot.livesAt(now))
                    .toList());
    return living.stream().map(this::list).flatMap(Optional::stream);
  }

  private Optional<ListedEntry> list(EntryRef slot) {
    return reading(
        () -> {
          if (slot.gone) {
            return Optional.empty();
          }
          try {
            return Optional.of(new ListedEntry(read(slot), slot.expiry()));
          } catch (CorruptEntryException e) {
            return Optional.empty();
          }
        });
  }

  private CacheEntry read(EntryRef slot) throws IOException {
    LogRecord.Put put = slot.recent;
    return put != null ? put.entry() : snapshot.read(slot);
  }

  /**
   * Returns the version of a living entry that lookups see. Does not count as a use of the entry.
   *
   * @throws CorruptEntryException if it cannot be read
   */
  Optional<LogRecord.Put> version(String key) {
    long now = now();
    return reading(
        () -> {
          EntryRef ref = catalog.find(key);
          if (ref == null || !ref.livesAt(now)) {
            return Optional.empty();
          }
          LogRecord.Put put = ref.recent;
          return Optional.of(put != null ? put : snapshot.readVersion(ref));
        });
  }

  /**
   * Adds entries, then removes those that have expired, then the least recently used ones that are
   * too many.
   *
   * @return the keys of the last
   */
  List<String> put(List<LogRecord.Put> puts) {
    return writing(
        () -> {
          puts.forEach(this::add);
          return makeRoom();
        });
  }

  private void add(LogRecord.Put put) {
    EntryMetadata head = EntryMetadata.of(put);
    EntryRef replaced = catalog.find(head.key());
    if (replaced != null) {
      recent.forget(replaced);
    }
    EntryRef slot = catalog.slotFor(head);
    catalog.add(slot);
    recent.put(slot, put);
  }

  /** Makes a change that was made before the store was opened. */
  void replay(LogRecord record) {
    if (record instanceof LogRecord.Put put) {
      writing(
          () -> {
            add(put);
            return put;
          });
    } else if (record instanceof LogRecord.Remove remove) {
      remove(remove.selection());
    }
  }

  /**
   * Removes what has expired, then the least recently used entries that are too many.
   *
   * @return the keys of the latter
   */
  List<String> makeRoom() {
    return writing(
        () -> {
          catalog.expiredAt(now()).forEach(this::drop);
          List<EntryRef> evicted = catalog.leastRecentlyUsed(catalog.size() - maxEntries);
          evicted.forEach(this::drop);
          return evicted.stream().map(slot -> slot.key).toList();
        });
  }

  /** Removes what has expired. */
  void removeExpired() {
    writing(
        () -> {
          catalog.expiredAt(now()).forEach(this::drop);
          return catalog;
        });
  }

  /** Removes entries and says how many of them were living. */
  long remove(EntrySelector selection) {
    long now = now();
    return writing(
        () -> {
          List<EntryRef> selected = catalog.select(selection);
          selected.forEach(this::drop);
          return selected.stream().filter(slot -> slot.livesAt(now)).count();
        });
  }

  private void drop(EntryRef slot) {
    catalog.remove(slot);
    recent.remove(slot);
  }

  /** How much there is that searches of the index do not show yet. */
  Backlog backlog() {
    return reading(() -> new Backlog(recent.untold(), recent.entries(), recent.heapBytes()));
  }

  /** See {@link Memtable}. */
  record Backlog(int untold, int entries, long heapBytes) {}

  /** See {@link Memtable#take}. */
  Map<String, Optional<LogRecord.Put>> takeChanges() {
    return writing(recent::take);
  }

  /** See {@link Memtable#giveBack}. */
  void giveBack(Map<String, Optional<LogRecord.Put>> changes) {
    writing(
        () -> {
          recent.giveBack(changes);
          return changes;
        });
  }

  /**
   * Lets searches see a later state of the index. For one thread at a time.
   *
   * @param reader the later state; closed with this table
   * @param changes those that it shows and the earlier one did not
   */
  void publish(DirectoryReader reader, Map<String, Optional<LogRecord.Put>> changes)
      throws IOException {
    // Only this thread replaces the snapshot, so it may be read here without the lock.
    Snapshot earlier = snapshot;
    Snapshot later;
    try {
      later = earlier.later(reader, this::slotOf);
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileHandlingException(reader);
      throw e;
    }
    writing(
        () -> {
          snapshot = later;
          changes.values().stream().flatMap(Optional::stream).forEach(this::settle);
          return later;
        });
    earlier.close();
  }

  private @Nullable EntryRef slotOf(EntryMetadata head) {
    return reading(
        () -> {
          EntryRef slot = catalog.find(head.key());
          return slot != null && slot.sequence == head.sequence() ? slot : null;
        });
  }

  private void settle(LogRecord.Put put) {
    EntryRef slot = catalog.find(put.entry().key());
    if (slot != null && slot.sequence == put.sequence()) {
      recent.forget(slot);
    }
  }

  /** Waits for lookups to end; later ones fail. */
  void close() throws IOException {
    writing(() -> closed = true);
    snapshot.close();
  }

  private <T> T reading(IOSupplier<T> action) {
    return holding(lock.readLock(), action);
  }

  private <T> T writing(IOSupplier<T> action) {
    return holding(lock.writeLock(), action);
  }

  private <T> T holding(Lock held, IOSupplier<T> action) {
    held.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      return action.get();
    } catch (IOException e) {
      throw new StoreException("the index cannot be read", e);
    } finally {
      held.unlock();
    }
  }
}
