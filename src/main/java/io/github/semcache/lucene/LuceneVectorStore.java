package io.github.semcache.lucene;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.ListableStore.ListedEntry;
import io.github.semcache.store.ListableStore;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A store in a directory of the local disk, for one process at a time: an HNSW index of Lucene, and
 * a log of what is not in the index yet. Needs {@code org.apache.lucene:lucene-core} 9.12.
 *
 * <p><b>Searches</b> of the index are approximate: they follow a graph, and rarely miss the nearest
 * entry (see {@link Builder#efSearch}). Recent entries, and those of a scope that has few, are
 * compared one by one. Distances are exact.
 *
 * <p><b>What survives.</b> When {@link #put} or {@link #remove} returns, the operating system has
 * the change: it survives the end of the process, whether by {@code kill -9} or otherwise. It
 * survives the loss of power once the disk has it, which is a second later unless {@link
 * Builder#syncInterval} says otherwise. An entry is there whole or not at all; a record that was
 * torn when the process ended is left out. What a cache has learned is in files of its own beside
 * them, and is on the disk when {@link #update} returns.
 *
 * <p><b>Bounded:</b> when it is full, the least recently used entry goes first. An entry is used
 * when it is put, found by its key, or returned as the nearest of a search; the order of writing is
 * kept over a restart, later use is not. Expired entries leave the heap with a later write or
 * within a minute, and the files when the segment that holds them is merged. That is also when the
 * text of removed entries leaves the files.
 *
 * <p><b>Threads.</b> Safe for use by many threads: searches run side by side, writes one at a time.
 * A write waits for the disk only if it is told to sync, and for the index only if it falls
 * thousands of entries behind. One daemon thread brings entries into the index, and one more runs
 * while segments are merged; both end with {@link #close}.
 *
 * <p><b>Memory:</b> about 350 bytes of heap for each entry, and as much page cache as the index is
 * to be fast: the vectors take four bytes for each dimension.
 */
public final class LuceneVectorStore implements VectorStore, ListableStore, StateStore {
  private static final int MAX_KEY_LENGTH = 1_024;

  private final EmbeddingSpace space;
  private final Engine engine;

  private LuceneVectorStore(EmbeddingSpace space, Engine engine) {
    this.space = space;
    this.engine = engine;
  }

  /**
   * Opens a store with the defaults of the {@link Builder}.
   *
   * @param directory where the entries are, or will be; made if it does not exist
   * @param embedder whose embeddings it holds
   * @return the store
   * @throws StoreException see {@link Builder#build}
   */
  public static LuceneVectorStore open(Path directory, Embedder embedder) {
    return builder(directory, embedder).build();
  }

  /**
   * Opens a store with the defaults of the {@link Builder}.
   *
   * @param directory where the entries are, or will be; made if it does not exist
   * @param space the vector space of its embeddings
   * @return the store
   * @throws IllegalArgumentException if the space has more than 16,384 dimensions
   * @throws StoreException see {@link Builder#build}
   */
  public static LuceneVectorStore open(Path directory, EmbeddingSpace space) {
    return builder(directory, space).build();
  }

  /**
   * Whether there is a store in a directory. Changes nothing, and opens nothing.
   *
   * @param directory where one may be
   * @return false also if there is no such directory
   */
  public static boolean exists(Path directory) {
    return Engine.exists(directory);
  }

  /**
   * Begins a store.
   *
   * @param directory where the entries are, or will be; made if it does not exist
   * @param embedder whose embeddings it holds
   * @return a builder
   */
  public static Builder builder(Path directory, Embedder embedder) {
    return builder(directory, EmbeddingSpace.of(embedder));
  }

  /**
   * Begins a store.
   *
   * @param directory where the entries are, or will be; made if it does not exist
   * @param space the vector space of its embeddings
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
   * @throws IllegalArgumentException if an embedding is not of this store's dimension, or a key or
   *     scope is longer than 1,024 characters; then nothing is written
   */
  @Override
  public int put(List<NewEntry> entries) {
    for (NewEntry newEntry : requireNonNull(entries, "entries")) {
      newEntry.embedding().ifPresent(space::check);
      checkLength("key", newEntry.entry().key());
      checkLength("scope", newEntry.entry().scope());
    }
    return engine.writer().put(entries);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Writes the entry again, with the embedding that is stored, and counts as a use of the entry.
   */
  @Override
  public Optional<CacheEntry> updateAttributes(String key, UnaryOperator<CacheEntry> change) {
    return engine.writer().updateAttributes(
        requireNonNull(key, "key"), requireNonNull(change, "change"));
  }

  @Override
  public long remove(EntrySelector selector) {
    return engine.writer().remove(requireNonNull(selector, "selector"));
  }

  @Override
  public Stream<ListedEntry> entries() {
    return engine.table().entries();
  }

  @Override
  public Optional<byte[]> load(String name) {
    return engine.states().load(name);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Waits for the disk: what was learned survives the loss of power too.
   */
  @Override
  public void update(String name, Function<Optional<byte[]>, byte[]> change) {
    engine.states().update(name, change);
  }

  private static void checkLength(String what, String text) {
    if (text.length() > MAX_KEY_LENGTH) {
      throw new IllegalArgumentException(
          what + " has " + text.length() + " characters; it must have at most " + MAX_KEY_LENGTH);
    }
  }

  /** Brings all that was put so far into the index. */
  void flush() {
    engine.indexer().flush();
  }

  /**
   * Waits for calls that are under way, puts on the disk what is not there yet, ends the threads,
   * and lets others open the directory. Later calls of other methods than {@link #space} throw an
   * {@link IllegalStateException}.
   *
   * @throws StoreException if the disk reports an error; it is closed nevertheless
   */
  @Override
  public void close() {
    engine.close();
  }

  /** Builds a {@link LuceneVectorStore}. Not safe for use by many threads. */
  public static final class Builder {
    private static final Duration MAX_SYNC_INTERVAL = Duration.ofHours(1);
    private static final int MAX_EF_SEARCH = 10_000;

    private final Path directory;
    private final EmbeddingSpace space;
    private int maxEntries = 100_000;
    private int efSearch = 96;
    private Duration syncInterval = Duration.ofSeconds(1);
    private InstantSource time = InstantSource.system();
    private Limits limits = Limits.DEFAULT;

    private Builder(Path directory, EmbeddingSpace space) {
      this.directory = requireNonNull(directory, "directory").toAbsolutePath();
      this.space = requireNonNull(space, "space");
      if (space.dimension() > GraphFormat.MAX_DIMENSION) {
        throw new IllegalArgumentException(
            "dimension is "
                + space.dimension()
                + "; this store takes at most "
                + GraphFormat.MAX_DIMENSION);
      }
    }

    /**
     * Sets how many entries to keep.
     *
     * @param maxEntries at least 1; 100,000 unless set
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
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
     * Sets how many entries a search keeps in view while it follows the graph of the index (HNSW's
     * {@code ef}). More find the nearest one more often, and take longer in proportion.
     *
     * @param efSearch 1 to 10,000; 96 unless set
     * @return this builder
     * @throws IllegalArgumentException if the number is outside this range
     */
    public Builder efSearch(int efSearch) {
      if (efSearch < 1 || efSearch > MAX_EF_SEARCH) {
        throw new IllegalArgumentException(
            "efSearch is " + efSearch + "; it must be 1 to " + MAX_EF_SEARCH);
      }
      this.efSearch = efSearch;
      return this;
    }

    /**
     * Sets how long a change may be with the operating system before it is forced onto the disk:
     * what may be lost with the power. The end of the process alone loses nothing.
     *
     * @param syncInterval up to an hour; 1 second unless set. Zero forces every change onto the
     *     disk before {@link #put} or {@link #remove} returns, which takes milliseconds
     * @return this builder
     * @throws IllegalArgumentException if the interval is negative or longer than an hour
     */
    public Builder syncInterval(Duration syncInterval) {
      if (requireNonNull(syncInterval, "syncInterval").isNegative()
          || syncInterval.compareTo(MAX_SYNC_INTERVAL) > 0) {
        throw new IllegalArgumentException(
            "syncInterval is " + syncInterval + "; it must be zero to " + MAX_SYNC_INTERVAL);
      }
      this.syncInterval = syncInterval;
      return this;
    }

    /**
     * Sets the clock that times to live are measured with.
     *
     * @param time the clock; the system's unless set
     * @return this builder
     */
    public Builder timeSource(InstantSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /** Sets when recent changes go into the index. */
    Builder limits(Limits limits) {
      this.limits = limits;
      return this;
    }

    /**
     * Opens the store. Blocks until it knows what is in the directory. Of writes that a loss of
     * power has torn, and of a write-ahead log that is damaged, what is whole is taken; the rest is
     * passed over, with a warning in the log, and its file is kept under another name.
     *
     * @return the store, with all entries that are in the directory and have not expired
     * @throws StoreException if the directory cannot be made or written, is open in another store,
     *     holds embeddings of another model, dimension or schema, or if its index is damaged; then
     *     nothing in it is changed
     */
    public LuceneVectorStore build() {
      return new LuceneVectorStore(
          space,
          Engine.open(
              new Engine.Settings(
                  directory, space, maxEntries, efSearch, syncInterval, time, limits)));
    }
  }
}
