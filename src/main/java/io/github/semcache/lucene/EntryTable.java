package io.github.semcache.lucene;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.store.MonotonicClock;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.util.IOSupplier;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * The state that lookups read: the catalog of all entries, the memtable with the latest entries,
 * and a snapshot of the index with all other entries.
 *
 * <p>Thread-safe. Lookups run concurrently and hold the read lock until they have read their whole
 * result. Changes hold the write lock and do no I/O while they do.
 */
final class EntryTable {
  private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofDays(1);

  private final int maxEntries;
  private final int efSearch;
  private final MonotonicClock time;

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Catalog catalog;
  private final Memtable memtable = new Memtable();
  private Snapshot snapshot;
  private boolean closed;

  /** Creates a table of the entries in the index; the snapshot uses the catalog's references. */
  EntryTable(Catalog catalog, Snapshot snapshot, int maxEntries, int efSearch, InstantSource time) {
    this.catalog = catalog;
    this.snapshot = snapshot;
    this.maxEntries = maxEntries;
    this.efSearch = efSearch;
    this.time = MonotonicClock.of(time);
  }

  /**
   * Advances the clock to the creation of the latest entry, after all entries were added. If the
   * clock of the machine was set back while the store was closed, expired entries stay expired.
   * Entries that claim to be created more than a day later do not count.
   */
  void startClock() {
    long limit = now() + MAX_CLOCK_DIFFERENCE.toMillis();
    OptionalLong latest = withReadLock(() -> catalog.latestCreation(limit));
    if (latest.isPresent() && latest.getAsLong() > now()) {
      time.advanceTo(Instant.ofEpochMilli(latest.getAsLong()));
    }
  }

  /** Returns the current time in milliseconds since the epoch. */
  long now() {
    return EntryMetadata.toMillis(time.instant());
  }

  Optional<CacheEntry> find(String key) {
    long now = now();
    return withReadLock(
        () -> {
          EntryRef ref = catalog.find(key);
          if (ref == null || !ref.isLiveAt(now)) {
            return Optional.empty();
          }
          catalog.recordUse(ref);
          return Optional.of(read(ref));
        });
  }

  /**
   * Searches the memtable and the index.
   *
   * @param embedding the embedding of the query, scaled to length 1
   */
  NearestEntries nearest(NearestQuery query, Embedding embedding) {
    long now = now();
    long notBefore = query.notBefore().map(EntryMetadata::toMillis).orElse(Long.MIN_VALUE);
    return withReadLock(
        () -> {
          ScopeRef scope = catalog.scope(query.scope());
          if (scope == null) {
            return NearestEntries.none();
          }
          Set<EntryRef> candidates = query.terms().isEmpty() ? null : withTerms(query.terms());
          NearestSearch search =
              new NearestSearch(embedding, scope, query.k(), now, notBefore, candidates);
          for (EntryRef ref : memtable.entriesOf(scope)) {
            LogRecord.Put put = ref.unflushed;
            if (put != null && put.embedding().isPresent() && search.accepts(ref)) {
              search.offer(ref, put.embedding().get(), put::entry);
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
        matches.add(new Match(hit.content().get(), hit.distance()));
      } catch (StoreException.CorruptEntry e) {
        corrupt++;
      }
    }
    if (!hits.isEmpty()) {
      catalog.recordUse(hits.get(0).ref());
    }
    return new NearestEntries(matches, corrupt);
  }

  /**
   * Returns all live entries that can be read. The lock is acquired for each entry separately, so
   * writers do not wait for the reader of the stream.
   */
  Stream<ListedEntry> entries() {
    long now = now();
    List<EntryRef> live =
        withReadLock(
            () ->
                catalog.select(new EntrySelector.All()).stream()
                    .filter(ref -> ref.isLiveAt(now))
                    .toList());
    return live.stream().map(this::list).flatMap(Optional::stream);
  }

  /** Returns the live entries with given keys that can be read. */
  List<ListedEntry> entries(Set<String> keys) {
    long now = now();
    return keys.stream().flatMap(key -> live(key, now).flatMap(this::list).stream()).toList();
  }

  private Optional<EntryRef> live(String key, long now) {
    return withReadLock(
        () -> Optional.ofNullable(catalog.find(key)).filter(ref -> ref.isLiveAt(now)));
  }

  private Optional<ListedEntry> list(EntryRef ref) {
    return withReadLock(
        () -> {
          if (ref.deleted) {
            return Optional.empty();
          }
          try {
            LogRecord.Put put = ref.unflushed;
            return Optional.of(
                put != null
                    ? new ListedEntry(put.entry(), ref.expiry(), Optional.of(put.terms()))
                    : new ListedEntry(
                        snapshot.read(ref), ref.expiry(), Optional.of(snapshot.terms(ref))));
          } catch (StoreException.CorruptEntry e) {
            return Optional.empty();
          }
        });
  }

  private CacheEntry read(EntryRef ref) throws IOException {
    LogRecord.Put put = ref.unflushed;
    return put != null ? put.entry() : snapshot.read(ref);
  }

  /**
   * Returns the current version of a live entry. Does not count as a use of the entry.
   *
   * @throws StoreException.CorruptEntry if the entry cannot be read
   */
  Optional<LogRecord.Put> currentVersion(String key) {
    long now = now();
    return withReadLock(
        () -> {
          EntryRef ref = catalog.find(key);
          if (ref == null || !ref.isLiveAt(now)) {
            return Optional.empty();
          }
          LogRecord.Put put = ref.unflushed;
          return Optional.of(put != null ? put : snapshot.readVersion(ref));
        });
  }

  /**
   * Adds entries, then {@linkplain #makeRoom() makes room}.
   *
   * @return the keys of the evicted entries
   */
  List<String> put(List<LogRecord.Put> puts) {
    return withWriteLock(
        () -> {
          puts.forEach(this::add);
          return makeRoom();
        });
  }

  private void add(LogRecord.Put put) {
    EntryMetadata metadata = EntryMetadata.of(put);
    EntryRef replaced = catalog.find(metadata.key());
    if (replaced != null) {
      memtable.release(replaced);
    }
    EntryRef ref = catalog.newRef(metadata);
    catalog.add(ref);
    memtable.put(ref, put);
  }

  /** Applies a change that was made before the store was opened. */
  void replay(LogRecord record) {
    if (record instanceof LogRecord.Put put) {
      withWriteLock(
          () -> {
            add(put);
            return put;
          });
    } else if (record instanceof LogRecord.Remove remove) {
      remove(remove.selector());
    }
  }

  /**
   * Removes expired entries, then evicts the least recently used entries above the maximum.
   *
   * @return the keys of the evicted entries
   */
  List<String> makeRoom() {
    return withWriteLock(
        () -> {
          catalog.expiredAt(now()).forEach(this::delete);
          List<EntryRef> evicted = catalog.leastRecentlyUsed(catalog.size() - maxEntries);
          evicted.forEach(this::delete);
          return evicted.stream().map(ref -> ref.key).toList();
        });
  }

  /** Removes expired entries. */
  void removeExpired() {
    withWriteLock(
        () -> {
          catalog.expiredAt(now()).forEach(this::delete);
          return catalog;
        });
  }

  /** Removes entries and returns the number of live entries among them. */
  long remove(EntrySelector selector) {
    long now = now();
    return withWriteLock(
        () -> {
          List<EntryRef> selected = List.copyOf(select(selector));
          selected.forEach(this::delete);
          return selected.stream().filter(ref -> ref.isLiveAt(now)).count();
        });
  }

  /** Returns the number of live entries that a selector selects. */
  long count(EntrySelector selector) {
    long now = now();
    return withReadLock(() -> select(selector).stream().filter(ref -> ref.isLiveAt(now)).count());
  }

  private Collection<EntryRef> select(EntrySelector selector) throws IOException {
    if (selector instanceof EntrySelector.ByTerm byTerm) {
      return withTerms(List.of(Set.of(byTerm.term())));
    }
    return selector instanceof EntrySelector.ByTerms byTerms
        ? withTerms(byTerms.terms())
        : catalog.select(selector);
  }

  /** Returns the entries with at least one term of each set, including expired ones. */
  private Set<EntryRef> withTerms(List<Set<String>> terms) throws IOException {
    Set<EntryRef> selected = new LinkedHashSet<>(snapshot.withAnyTerm(terms.get(0)));
    for (Set<String> anyOf : terms.subList(1, terms.size())) {
      selected.retainAll(snapshot.withAnyTerm(anyOf));
    }
    memtable.all().filter(ref -> hasTerms(ref.unflushed, terms)).forEach(selected::add);
    return selected;
  }

  private static boolean hasTerms(LogRecord.@Nullable Put unflushed, List<Set<String>> terms) {
    return unflushed != null && EntrySelector.ByTerms.matches(unflushed.terms(), terms);
  }

  private void delete(EntryRef ref) {
    catalog.remove(ref);
    memtable.remove(ref);
  }

  Backlog backlog() {
    return withReadLock(
        () -> new Backlog(memtable.unflushedChanges(), memtable.entries(), memtable.heapBytes()));
  }

  /** The size of the {@link Memtable}: unflushed changes, entries, and heap size of the entries. */
  record Backlog(int changes, int entries, long heapBytes) {}

  /** See {@link Memtable#takeUnflushed}. */
  Map<String, Optional<LogRecord.Put>> takeUnflushed() {
    return withWriteLock(memtable::takeUnflushed);
  }

  /** See {@link Memtable#restoreUnflushed}. */
  void restoreUnflushed(Map<String, Optional<LogRecord.Put>> changes) {
    withWriteLock(
        () -> {
          memtable.restoreUnflushed(changes);
          return changes;
        });
  }

  /**
   * Makes a later state of the index visible to lookups. For one thread at a time.
   *
   * @param reader a reader of the later state; closed with this table
   * @param changes the changes between the current snapshot and the later state
   */
  void publish(DirectoryReader reader, Map<String, Optional<LogRecord.Put>> changes)
      throws IOException {
    // Only this thread writes the field, so it can read it without the lock.
    Snapshot previous = snapshot;
    Snapshot refreshed;
    try {
      refreshed = previous.refresh(reader, this::liveRef);
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileHandlingException(reader);
      throw e;
    }
    withWriteLock(
        () -> {
          snapshot = refreshed;
          changes.values().stream().flatMap(Optional::stream).forEach(this::release);
          return refreshed;
        });
    previous.close();
  }

  private @Nullable EntryRef liveRef(EntryMetadata metadata) {
    return withReadLock(
        () -> {
          EntryRef ref = catalog.find(metadata.key());
          return ref != null && ref.sequence == metadata.sequence() ? ref : null;
        });
  }

  private void release(LogRecord.Put flushed) {
    EntryRef ref = catalog.find(flushed.entry().key());
    if (ref != null && ref.sequence == flushed.sequence()) {
      memtable.release(ref);
    }
  }

  /** See {@link Snapshot#isMergeDue}. */
  boolean isMergeDue() {
    return withReadLock(snapshot::isMergeDue);
  }

  /** Waits for running lookups. Later calls of any method fail. */
  void close() throws IOException {
    withWriteLock(() -> closed = true);
    snapshot.close();
  }

  private <T> T withReadLock(IOSupplier<T> action) {
    return withLock(lock.readLock(), action);
  }

  private <T> T withWriteLock(IOSupplier<T> action) {
    return withLock(lock.writeLock(), action);
  }

  private <T> T withLock(Lock readOrWriteLock, IOSupplier<T> action) {
    readOrWriteLock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      return action.get();
    } catch (IOException e) {
      throw new StoreException("the index cannot be read", e);
    } finally {
      readOrWriteLock.unlock();
    }
  }
}
