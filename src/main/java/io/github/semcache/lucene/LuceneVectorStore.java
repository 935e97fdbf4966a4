package io.github.semcache.lucene;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.store.DependencyVersions;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A persistent store in a local directory, for one process at a time. Combines a Lucene HNSW index
 * with a write-ahead log of the changes that the index does not contain yet. Requires {@code
 * org.apache.lucene:lucene-core} 9.12.
 *
 * <p><b>Search.</b> The search of the index is approximate: it follows a graph and rarely misses
 * the nearest entry; see {@link Builder#efSearch}. Recent entries and entries of small scopes are
 * compared exhaustively. Distances are exact. Searches take the least time when the index is a
 * single segment. If nothing was flushed to the index for ten seconds and the smaller segments have
 * at least a fifth as many entries as the largest, a background thread merges them, which writes
 * all entries again.
 *
 * <p><b>Durability.</b> When {@link #put}, {@link #updateAttributes}, or {@link #remove} returns,
 * the change has been written to the operating system and survives the end of the process,
 * including {@code kill -9}. It survives a power failure once it has been synced to disk, by
 * default within a second; see {@link Builder#syncInterval}. Writes of entries are atomic: when the
 * store is opened again, a partially written record is ignored. Learned state is stored in separate
 * files and is on disk when {@link #update} returns.
 *
 * <p><b>Eviction.</b> The number of entries is bounded. When the store is full, it evicts the least
 * recently used entry. Writing or updating an entry, finding it by its key, and returning it as the
 * nearest match of a search count as uses. After a restart, only the order of writes is known.
 *
 * <p><b>Removal.</b> Expired entries are removed from memory by a later write or within a minute.
 * The text of removed and expired entries remains in the files until their segment is merged.
 *
 * <p><b>Permissions.</b> On a file system with POSIX permissions, only the user of the process can
 * read the files and the directories that the store creates. An existing directory keeps its
 * permissions. The files are not encrypted.
 *
 * <p><b>Concurrency.</b> Thread-safe. Searches run concurrently; writes are serialized. A write
 * waits for the disk only if the sync interval is zero, and for the index only if thousands of
 * entries have not been flushed to it. One daemon thread flushes entries to the index, and another
 * one runs while segments are merged; {@link #close} ends both.
 *
 * <p><b>Memory.</b> About 350 bytes of heap per entry. For fast searches, the page cache should
 * hold the graph with its quantized vectors, which take one byte per dimension. The files also
 * contain the vectors with four bytes per dimension.
 */
public final class LuceneVectorStore implements VectorStore, VectorStore.Listable, StateStore {
  private static final int MAX_KEY_LENGTH = 1_024;

  /** The name of the state with the versions of dependencies. */
  private static final String VERSIONS = "dependency-versions";

  private final EmbeddingSpace space;
  private final Engine engine;
  private final DependencyVersions versions;
  private final LeaseStore.Local leases = new LeaseStore.Local(this);

  private LuceneVectorStore(EmbeddingSpace space, Engine engine, DependencyVersions versions) {
    this.space = space;
    this.engine = engine;
    this.versions = versions;
  }

  /**
   * Opens a store with the default options of the {@link Builder}.
   *
   * @param directory the directory of the store; created if it does not exist
   * @param embedder the embedder whose embeddings the store holds
   * @return the store
   * @throws StoreException see {@link Builder#build}
   */
  public static LuceneVectorStore open(Path directory, Embedder embedder) {
    return builder(directory, embedder).build();
  }

  /**
   * Opens a store with the default options of the {@link Builder}.
   *
   * @param directory the directory of the store; created if it does not exist
   * @param space the vector space of the embeddings
   * @return the store
   * @throws IllegalArgumentException if the space has more than 16,384 dimensions
   * @throws StoreException see {@link Builder#build}
   */
  public static LuceneVectorStore open(Path directory, EmbeddingSpace space) {
    return builder(directory, space).build();
  }

  /**
   * Returns whether a directory contains a store, without opening it.
   *
   * @param directory the directory
   * @return whether it contains a store; false if the directory does not exist
   */
  public static boolean exists(Path directory) {
    return Engine.exists(directory);
  }

  /**
   * Returns the vector space of the store in a directory, without opening the store. Blocks on the
   * file system.
   *
   * @param directory a directory that {@linkplain #exists contains a store}
   * @return the embedding model and the dimension of its embeddings
   * @throws StoreException if the directory contains no store or cannot be read
   */
  public static EmbeddingSpace spaceOf(Path directory) {
    return Engine.space(directory);
  }

  /**
   * Returns a builder.
   *
   * @param directory the directory of the store; created if it does not exist
   * @param embedder the embedder whose embeddings the store holds
   * @return a builder
   * @throws IllegalArgumentException if the embedder has more than 16,384 dimensions
   */
  public static Builder builder(Path directory, Embedder embedder) {
    return builder(directory, EmbeddingSpace.of(embedder));
  }

  /**
   * Returns a builder.
   *
   * @param directory the directory of the store; created if it does not exist
   * @param space the vector space of the embeddings
   * @return a builder
   * @throws IllegalArgumentException if the space has more than 16,384 dimensions
   */
  public static Builder builder(Path directory, EmbeddingSpace space) {
    return new Builder(directory, space);
  }

  @Override
  public EmbeddingSpace space() {
    return space;
  }

  @Override
  public Optional<CacheEntry> find(String key) {
    return engine.table().find(requireNonNull(key, "key"));
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    space.check(requireNonNull(query, "query").embedding());
    return engine.table().nearest(query, query.embedding().ofLengthOne());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if an embedding does not have this store's dimension, or if a
   *     key or scope has more than 1,024 characters; in that case, nothing is written
   */
  @Override
  public int put(List<NewEntry> entries) {
    requireNonNull(entries, "entries").forEach(this::check);
    leases.supersede(entries);
    return engine.writer().put(entries);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the embedding does not have this store's dimension, or if
   *     the key or scope has more than 1,024 characters
   */
  @Override
  public OptionalInt putIfUnchanged(NewEntry entry, Optional<Instant> known) {
    check(entry);
    leases.supersede(List.of(entry));
    return engine.writer().putIfUnchanged(entry, known);
  }

  private void check(NewEntry newEntry) {
    newEntry.embedding().ifPresent(space::check);
    checkLength("key", newEntry.entry().key());
    checkLength("scope", newEntry.entry().scope());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Writes a new version of the entry with the stored embedding. Blocks other writes, but not
   * lookups, while the change runs.
   */
  @Override
  public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
    return engine.writer().update(requireNonNull(key, "key"), requireNonNull(change, "change"));
  }

  /** {@inheritDoc} Writes a new version of the entry with the stored embedding. */
  @Override
  public boolean expire(String key, Optional<Duration> timeToLive) {
    timeToLive.ifPresent(Prompt::checkTimeToLive);
    return engine.writer().expire(requireNonNull(key, "key"), timeToLive);
  }

  @Override
  public long remove(EntrySelector selector) {
    return engine.writer().remove(requireNonNull(selector, "selector"));
  }

  @Override
  public long count(EntrySelector selector) {
    return engine.table().count(requireNonNull(selector, "selector"));
  }

  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    return versions.of(dependencies);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Syncs the new version to disk before it returns. Takes time proportional to the number of
   * dependencies that have ever been renewed.
   */
  @Override
  public void renewVersion(String dependency) {
    engine
        .states()
        .update(
            VERSIONS,
            saved -> {
              versions.renew(dependency);
              return versions.encode();
            });
  }

  /** {@inheritDoc} The leases of this store are not written to disk. */
  @Override
  public Optional<LeaseStore> leases() {
    return Optional.of(leases);
  }

  @Override
  public Stream<ListedEntry> entries() {
    return engine.table().entries();
  }

  @Override
  public List<ListedEntry> entries(Set<String> keys) {
    return engine.table().entries(requireNonNull(keys, "keys"));
  }

  @Override
  public Optional<byte[]> load(String name) {
    return engine.states().load(name);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Syncs the new state to disk before it returns, so the state survives a power failure.
   */
  @Override
  public void update(String name, Function<Optional<byte[]>, byte[]> change) {
    engine.states().update(name, change);
  }

  private static void checkLength(String name, String value) {
    if (value.length() > MAX_KEY_LENGTH) {
      throw new IllegalArgumentException(
          name + " has " + value.length() + " characters; it must have at most " + MAX_KEY_LENGTH);
    }
  }

  /** Flushes all changes to the index. */
  void flush() {
    engine.flusher().flush();
  }

  /**
   * Waits for running calls, syncs the log to disk, ends the threads, and unlocks the directory.
   * Later calls of methods other than {@link #space} throw an {@link IllegalStateException}.
   * Closing twice has no effect.
   *
   * @throws StoreException if the disk reports an error; the store is closed nevertheless
   */
  @Override
  public void close() {
    engine.close();
  }

  /** Builds a {@link LuceneVectorStore}. Not thread-safe. */
  public static final class Builder {
    private static final Duration MAX_SYNC_INTERVAL = Duration.ofHours(1);
    private static final int MAX_EF_SEARCH = 10_000;

    private final Path directory;
    private final EmbeddingSpace space;
    private int maxEntries = 100_000;
    private int efSearch = 64;
    private Duration syncInterval = Duration.ofSeconds(1);
    private InstantSource time = InstantSource.system();
    private FlushLimits flushLimits = FlushLimits.DEFAULT;

    private Builder(Path directory, EmbeddingSpace space) {
      this.directory = requireNonNull(directory, "directory").toAbsolutePath();
      this.space = requireNonNull(space, "space");
      if (space.dimension() > GraphFormat.MAX_DIMENSION) {
        throw new IllegalArgumentException(
            "dimension is "
                + space.dimension()
                + "; it must be at most "
                + GraphFormat.MAX_DIMENSION);
      }
    }

    /**
     * Sets the maximum number of entries.
     *
     * @param maxEntries the maximum, at least 1; 100,000 by default
     * @return this builder
     * @throws IllegalArgumentException if the maximum is less than 1
     */
    public Builder maxEntries(int maxEntries) {
      if (maxEntries < 1) {
        throw new IllegalArgumentException(
            "maxEntries is " + maxEntries + "; it must be at least 1");
      }
      this.maxEntries = maxEntries;
      return this;
    }

    /**
     * Sets the number of candidates that a search of the index tracks (the {@code ef} parameter of
     * HNSW). A larger number finds the nearest entry more often and takes proportionally longer.
     *
     * @param efSearch the number of candidates, 1 to 10,000; 64 by default
     * @return this builder
     * @throws IllegalArgumentException if the number is outside this range
     */
    public Builder efSearch(int efSearch) {
      if (efSearch < 1 || efSearch > MAX_EF_SEARCH) {
        throw new IllegalArgumentException(
            "efSearch is " + efSearch + "; it must be between 1 and " + MAX_EF_SEARCH);
      }
      this.efSearch = efSearch;
      return this;
    }

    /**
     * Sets the maximum time after which a change is synced to disk. A power failure can lose the
     * changes of this period. No changes are lost if only the process ends.
     *
     * @param syncInterval the interval, at most one hour; one second by default. With zero, {@link
     *     #put}, {@link #updateAttributes}, and {@link #remove} sync each change before they
     *     return, which takes milliseconds
     * @return this builder
     * @throws IllegalArgumentException if the interval is negative or longer than one hour
     */
    public Builder syncInterval(Duration syncInterval) {
      if (requireNonNull(syncInterval, "syncInterval").isNegative()
          || syncInterval.compareTo(MAX_SYNC_INTERVAL) > 0) {
        throw new IllegalArgumentException(
            "syncInterval is "
                + syncInterval
                + "; it must be between zero and "
                + MAX_SYNC_INTERVAL);
      }
      this.syncInterval = syncInterval;
      return this;
    }

    /**
     * Sets the clock for the expiry of entries. If it is set back, entries that have expired stay
     * expired.
     *
     * @param time the clock; the system clock by default
     * @return this builder
     */
    public Builder timeSource(InstantSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /** Sets when changes are flushed to the index. */
    Builder flushLimits(FlushLimits flushLimits) {
      this.flushLimits = flushLimits;
      return this;
    }

    /**
     * Opens the store. Blocks until the metadata of all entries is loaded. Records of the
     * write-ahead log that are damaged, or were written only in part before a power failure, are
     * skipped with a warning; their file is renamed instead of deleted.
     *
     * @return the store, with all entries of the directory that have not expired
     * @throws StoreException if the directory cannot be created or written, is open in another
     *     store, has a different embedding model, dimension, or schema, or has a damaged index; in
     *     that case, the directory is unchanged
     */
    public LuceneVectorStore build() {
      Engine engine =
          Engine.open(
              new Engine.Settings(
                  directory, space, maxEntries, efSearch, syncInterval, time, flushLimits));
      try {
        return new LuceneVectorStore(space, engine, loadVersions(engine));
      } catch (StoreException e) {
        engine.close();
        throw e;
      }
    }

    private DependencyVersions loadVersions(Engine engine) {
      try {
        return engine
            .states()
            .load(VERSIONS)
            .map(DependencyVersions::decode)
            .orElseGet(DependencyVersions::new);
      } catch (IllegalArgumentException e) {
        throw new StoreException(
            directory + " is damaged: the versions of the dependencies cannot be read", e);
      }
    }
  }
}
