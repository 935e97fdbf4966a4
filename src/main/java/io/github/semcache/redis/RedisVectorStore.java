package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingCache;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.store.VectorStore.VersionedEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/**
 * A {@link VectorStore} in Redis with the search module (Redis 8, Redis Stack, or RediSearch 2.6 or
 * later). Any number of processes can share it. The guide {@code docs/redis.md} describes how to
 * operate it: permissions, memory, eviction, persistence, clusters, and schema upgrades.
 *
 * <p><b>Clients.</b> The store accepts the pooled clients of Jedis 6.0 to 8 for a single server,
 * Redis Sentinel, or a cluster, with RESP2 or RESP3. It does not support clients that change keys
 * ({@code keyPreProcessor}) or a {@code UnifiedJedis} with a single unpooled connection.
 *
 * <p><b>Data.</b> Each entry is a hash with the key {@code
 * <cacheName>:v2:<modelId>:<dimension>:<key>} and the fields {@code scope}, {@code created_at}
 * (milliseconds), {@code prompt}, {@code answer}, {@code attributes} (JSON), {@code terms}
 * (separated by commas), and {@code embedding} (little-endian FLOAT32 or FLOAT16; in the latter
 * case, {@code f16} follows the dimension in the key). The time to live of the entry is the expiry
 * of the key. The name of the search index is the common prefix of these keys, without the last
 * colon. In the cache name and the model ID, all characters except letters, digits, {@code _},
 * {@code .}, and {@code -} are percent-encoded; the cache name may also contain colons. Learned
 * state is stored in strings with the keys {@code
 * <cacheName>:state:v2:<modelId>:<dimension>:<name>}, which do not expire and are not removed with
 * the entries. The version of a dependency is stored in a string with the key {@code
 * <cacheName>:dependency:<term>}, which expires a year after it was written. A lease is a string
 * with the key {@code <cacheName>:lease:{<key of the entry>}}, and an entry that was written under
 * one has its token in the field {@code fence}.
 *
 * <p><b>Round trips.</b> {@link #find} and {@link #nearest} take one round trip each. If {@code
 * nearest} finds only expired or unreadable entries, it makes the server delete the expired ones
 * and repeats the search once for ten times as many entries. {@link #put} takes one round trip per
 * 256 entries and writes each entry atomically, with its embedding and its expiry.
 *
 * <p><b>Index.</b> {@link Builder#build} creates the index, or compares an existing index with the
 * required schema. If the server cannot be reached or is loading its data, {@code build} logs a
 * warning and later searches try again, at most once per second; until one of them succeeds, {@link
 * #nearest} throws an exception. If the index is dropped (FLUSHALL, FT.DROPINDEX), the next search
 * creates it again and returns no entries; the server then indexes the remaining entries in the
 * background. Only {@link #dropIndex} drops the index.
 *
 * <p><b>Search plan.</b> Starting with the second search of a scope, the store occasionally counts
 * the entries of the scope and of the index on a background thread, and selects how the server
 * combines the scope filter with the vector search. With RESP3, a search that exceeds the time
 * limit of the server throws an exception. With RESP2, the server does not report this and the
 * store uses the partial result.
 *
 * <p><b>Threads.</b> This class is thread-safe if the client is. All methods except {@link #space},
 * {@link #indexName}, {@link #findNear} and {@link #leases} block. The client determines the
 * time-outs, the wait for a pooled connection, and the number of attempts. Clients that the store
 * opens have the limits of {@link RedisConnection}.
 *
 * <p><b>Size.</b> By default, the store does not limit its size. Set {@code maxmemory} and an
 * eviction policy in Redis, or the {@linkplain Builder#maxEntries maximum number of entries}.
 */
public final class RedisVectorStore
    implements VectorStore, VectorStore.Listable, StateStore, Deadline.Aware {
  private static final Logger log = LoggerFactory.getLogger(RedisVectorStore.class);

  private final EmbeddingSpace space;
  private final boolean indexAssumed;
  private final Optional<BackgroundExecutor> ownExecutor;
  private final JedisProvider provider;

  private final RedisCommands commands;
  private final SearchEngine engine;
  private final SearchIndex index;
  private final IndexInitializer indexInitializer;
  private final SelectivityEstimator selectivity;
  private final KnnSearch search;
  private final EntryReader reader;
  private final HashWriter writer;
  private final ConditionalWriter conditionalWriter;
  private final Optional<EntryLimiter> limiter;
  private final EntryUpdater updater;
  private final EntryRemover remover;
  private final EntryCounter counter;
  private final RedisVersions versions;
  private final RedisLeases leases;
  private final Optional<NearTier> near;
  private final EntryScanner scanner;
  private final RedisStateStore states;

  private RedisVectorStore(Builder builder) {
    this.space = builder.space;
    this.indexAssumed = builder.indexAssumed;
    Executor given = builder.executor;
    this.ownExecutor = given == null ? Optional.of(new BackgroundExecutor()) : Optional.empty();
    Executor executor = given == null ? ownExecutor.orElseThrow() : given;
    this.provider = builder.jedisProvider(executor);
    VectorType vectorType = builder.vectorType;
    KeyNaming keys = KeyNaming.of(builder.cacheName, space, vectorType);
    commands = new RedisCommands(provider, keys);
    engine = new SearchEngine(commands);
    IndexSchema schema =
        new IndexSchema(
            keys, space.dimension(), vectorType, builder.vectorIndex, builder.textFields);
    index = new SearchIndex(commands, schema, engine);
    indexInitializer = new IndexInitializer(index, indexAssumed, builder.ticker);
    selectivity = new SelectivityEstimator(this::count, executor, builder.ticker);
    search =
        new KnnSearch(
            commands, engine, vectorType, builder.vectorIndex, selectivity, executor, builder.time);
    writer = new HashWriter(commands, vectorType);
    limiter =
        builder.maxEntries == 0
            ? Optional.empty()
            : Optional.of(
                new EntryLimiter(
                    commands,
                    () -> count(SelectivityEstimator.ALL_ENTRIES),
                    new OldestEntries(commands, engine, space.dimension(), vectorType),
                    builder.maxEntries,
                    executor,
                    builder.time,
                    builder.ticker));
    reader = new EntryReader(commands);
    conditionalWriter = new ConditionalWriter(commands, reader, writer, vectorType);
    updater = new EntryUpdater(commands, reader);
    remover = new EntryRemover(commands);
    counter = new EntryCounter(commands);
    versions = new RedisVersions(commands);
    near =
        Optional.ofNullable(builder.nearCache)
            .map(options -> NearTier.of(options, builder.connection, keys, builder.ticker));
    leases = new RedisLeases(commands, versions, space, vectorType, limiter, near);
    scanner = new EntryScanner(commands, builder.time);
    states = new RedisStateStore(commands);
  }

  /**
   * Connects to a single server with the defaults of {@link RedisConnection} and {@link Builder}.
   *
   * @param uri the URI of the server; see {@link RedisConnection#of(java.net.URI)}
   * @param embedder the embedder whose embeddings are stored
   * @return the store; closing it closes its connections
   * @throws IllegalArgumentException if the URI is invalid
   * @throws IllegalStateException if Jedis is older than 6.0
   * @throws StoreException see {@link Builder#build}
   */
  public static RedisVectorStore connect(String uri, Embedder embedder) {
    return builder(RedisConnection.of(uri), EmbeddingSpace.of(embedder)).build();
  }

  /** The type of the components of the stored vectors. */
  public enum VectorType {
    /** Single precision, 4 bytes: the type of the embeddings. */
    FLOAT32(""),

    /**
     * Half precision, 2 bytes. Distances are exact to about three digits after the decimal point.
     * Requires RediSearch 2.10 or later.
     */
    FLOAT16("f16");

    private final String suffix;

    VectorType(String suffix) {
      this.suffix = suffix;
    }

    /** Returns the suffix of the dimension in the names of the index and the keys. */
    String suffix() {
      return suffix;
    }
  }

  /**
   * A cache in Redis.
   *
   * @param cacheName the name of the cache
   * @param space the embedding model and the dimension of its embeddings
   * @param vectorType the type of the components of its vectors
   * @param entries the number of entries in its index, which may include some that are expired
   * @param indexBytes the memory of its index in bytes, or 0 if the server does not report it
   */
  public record StoredCache(
      String cacheName,
      EmbeddingSpace space,
      VectorType vectorType,
      long entries,
      long indexBytes) {}

  /**
   * Lists the caches of a server or a cluster. Opens a connection and closes it. A cache without an
   * index, for example after FT.DROPINDEX, is not listed. Blocks.
   *
   * @param connection the server or the cluster
   * @return the caches, sorted by name and model
   * @throws StoreException if the server cannot be reached, denies the commands FT._LIST or
   *     FT.INFO, or has no search module
   */
  public static List<StoredCache> caches(RedisConnection connection) {
    try (UnifiedJedis jedis = requireNonNull(connection, "connection").open()) {
      return new CacheCatalog(jedis).list();
    }
  }

  /**
   * Returns a builder for a store that opens and closes its own connections.
   *
   * @param connection the server or cluster, and how to connect to it
   * @param space the vector space of the embeddings, for example {@code
   *     EmbeddingSpace.of(embedder)}
   * @return a builder
   */
  public static Builder builder(RedisConnection connection, EmbeddingSpace space) {
    return new Builder(requireNonNull(connection, "connection"), null, space);
  }

  /**
   * Returns a builder for a store that uses the given client. The store does not close the client.
   *
   * @param jedis a pooled client: {@code RedisClient}, {@code RedisSentinelClient}, {@code
   *     RedisClusterClient}, or one of their predecessors
   * @param space the vector space of the embeddings, for example {@code
   *     EmbeddingSpace.of(embedder)}
   * @return a builder
   * @throws IllegalStateException if Jedis is older than 6.0
   */
  public static Builder builder(UnifiedJedis jedis, EmbeddingSpace space) {
    JedisVersion.check();
    return new Builder(null, requireNonNull(jedis, "jedis"), space);
  }

  @Override
  public EmbeddingSpace space() {
    return space;
  }

  /**
   * Returns the name of the search index. The keys of all entries start with this name and a colon.
   *
   * @return the name of the search index
   */
  public String indexName() {
    return index.name();
  }

  /**
   * Returns whether a lookup ends at the deadline of the call: with a connection of this store to a
   * single server, if one is idle. Connecting may take longer.
   */
  @Override
  public boolean observesDeadline() {
    return provider.observesDeadline();
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public Optional<CacheEntry> find(String key) {
    requireNonNull(key, "key");
    return near.isEmpty()
        ? reader.read(key).map(values -> HashCodec.decode(key, values))
        : findAndStoreNear(key, Set.of()).entry();
  }

  /** {@inheritDoc} Empty unless the store has a {@linkplain Builder#nearCache near cache}. */
  @Override
  public Optional<VersionedEntry> findNear(String key, Set<String> dependencies) {
    return near.flatMap(tier -> tier.find(key, dependencies));
  }

  private VersionedEntry findAndStoreNear(String key, Set<String> dependencies) {
    NearTier tier = near.orElseThrow();
    return tier.read(key, dependencies, () -> versions.find(key, dependencies, true));
  }

  /** {@inheritDoc} Takes one round trip, or three if the first finds only expired entries. */
  @Override
  public NearestEntries nearest(NearestQuery query) {
    space.check(requireNonNull(query, "query").embedding());
    SearchArguments.checkScope(query.scope());
    int generation = indexInitializer.requireIndex();
    try {
      return search.nearest(query);
    } catch (StoreException e) {
      if (!RedisExceptions.isMissingIndex(e.getCause())) {
        throw e;
      }
      indexInitializer.recreate(generation);
      return NearestEntries.none();
    }
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public FoundEntries findAll(Set<String> keys) {
    return reader.readAll(List.copyOf(keys));
  }

  /**
   * {@inheritDoc} Takes one round trip, and two more for each search that finds only expired
   * entries. In a cluster, takes the round trips of {@link #nearest} for each search.
   */
  @Override
  public List<NearestEntries> nearestAll(List<NearestQuery> queries) {
    queries.forEach(
        query -> {
          space.check(query.embedding());
          SearchArguments.checkScope(query.scope());
        });
    if (queries.size() > 1) {
      int unused = indexInitializer.requireIndex();
      Optional<List<NearestEntries>> found = search.tryNearestAll(queries);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return queries.stream().map(this::nearest).toList();
  }

  /**
   * {@inheritDoc} Takes one round trip per 256 entries.
   *
   * @return the number of entries that this store has evicted since the last call; see {@link
   *     Builder#maxEntries}
   */
  @Override
  public int put(List<NewEntry> insertions) {
    return write(
            requireNonNull(insertions, "entries"),
            () -> {
              writer.write(insertions, written -> afterWrite(written, insertions.size()));
              return true;
            })
        .orElseThrow();
  }

  /**
   * {@inheritDoc} Takes one round trip, or two if the entry has changed. Compares and writes with a
   * script. If the user has no permission for {@code EVAL}, reads the entry and then writes, so a
   * concurrent write between them is replaced.
   */
  @Override
  public OptionalInt putIfUnchanged(NewEntry entry, Optional<Instant> known) {
    requireNonNull(known, "known");
    return write(
        List.of(entry),
        () -> {
          boolean isWritten = conditionalWriter.write(entry, known);
          if (isWritten) {
            afterWrite(1, 1);
          }
          return isWritten;
        });
  }

  /** Writes entries, and returns the number of evicted entries; empty if they were not written. */
  private OptionalInt write(List<NewEntry> insertions, BooleanSupplier action) {
    for (NewEntry insertion : insertions) {
      SearchArguments.checkScope(insertion.entry().scope());
      insertion.embedding().ifPresent(space::check);
    }
    try {
      if (!action.getAsBoolean()) {
        return OptionalInt.empty();
      }
    } catch (StoreException e) {
      limiter.ifPresent(each -> each.onWriteFailure(e));
      throw e;
    } finally {
      near.ifPresent(tier -> insertions.forEach(written -> tier.invalidate(written.entry().key())));
    }
    insertions.forEach(insertion -> selectivity.recordWrites(insertion.entry().scope(), 1));
    return OptionalInt.of(limiter.map(EntryLimiter::takeEvicted).orElse(0));
  }

  /** Checks the number of entries: in the background, or between the batches of a large write. */
  private void afterWrite(int written, int total) {
    limiter.ifPresent(
        each -> {
          if (written < total) {
            each.recordWritesAndCheck(written);
          } else {
            each.recordWrites(written);
          }
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>Takes two round trips, plus two for each conflict with a concurrent update. After 100
   * attempts the method throws a {@link StoreException}. If the connection fails before the reply
   * to the write arrives, the update may have been applied although the method throws an exception.
   */
  @Override
  public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
    requireNonNull(key, "key");
    try {
      return updater.update(key, requireNonNull(change, "change"));
    } finally {
      near.ifPresent(tier -> tier.invalidate(key));
    }
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public boolean expire(String key, Optional<Duration> timeToLive) {
    requireNonNull(key, "key");
    try {
      return updater.expire(key, timeToLive);
    } finally {
      near.ifPresent(tier -> tier.invalidate(key));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The selected entries are found with the index and removed in batches of 500. If the index is
   * incomplete or {@linkplain Builder#assumeIndex assumed}, they are found by scanning all keys of
   * the server. To remove all entries, including those that are not in the index, the method always
   * scans all keys. The index is not dropped.
   */
  @Override
  public long remove(EntrySelector selector) {
    return remove(selector, removed -> {});
  }

  /** {@inheritDoc} See {@link #remove(EntrySelector)}. */
  @Override
  public long remove(EntrySelector selector, LongConsumer progress) {
    requireNonNull(selector, "selector");
    requireNonNull(progress, "progress");
    try {
      if (selector instanceof EntrySelector.ByKey byKey) {
        return remover.removeKey(byKey.key());
      }
      return selector instanceof EntrySelector.All
          ? remover.removeAll(progress)
          : withIndexOrScan(
              selector,
              filter -> remover.removeByIndex(filter, progress),
              condition -> remover.removeByScan(condition, progress));
    } finally {
      selectivity.discardAll();
      near.ifPresent(tier -> tier.invalidate(selector));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The entries are counted by the index, which may include expired entries that the server has
   * not deleted yet. If the index is incomplete or {@linkplain Builder#assumeIndex assumed}, or to
   * count all entries, the method scans all keys of the server.
   */
  @Override
  public long count(EntrySelector selector) {
    requireNonNull(selector, "selector");
    if (selector instanceof EntrySelector.ByKey byKey) {
      return counter.countKey(byKey.key());
    }
    return selector instanceof EntrySelector.All
        ? counter.countAll()
        : withIndexOrScan(selector, counter::countByIndex, counter::countByScan);
  }

  /** Uses the index if it is complete, and otherwise scans all keys. */
  private long withIndexOrScan(
      EntrySelector selector,
      ToLongFunction<String> withIndex,
      ToLongFunction<FieldFilter.Condition> withScan) {
    String filter = filter(selector);
    if (!indexAssumed && engine.understandsFilterQueries() && index.isComplete()) {
      try {
        return withIndex.applyAsLong(filter);
      } catch (StoreException e) {
        if (engine.hasRejectedFilterQuery(e)) {
          engine.onFilterQueryRejected();
        } else if (!RedisExceptions.isMissingIndex(e.getCause())) {
          throw e;
        }
      }
    }
    return withScan.applyAsLong(condition(selector));
  }

  private String filter(EntrySelector selector) {
    if (selector instanceof EntrySelector.ByScope byScope) {
      SearchArguments.checkScope(byScope.scope());
      return SearchArguments.filter(byScope.scope(), Optional.empty());
    }
    if (selector instanceof EntrySelector.ByTerm byTerm) {
      return SearchArguments.termFilter(byTerm.term());
    }
    if (selector instanceof EntrySelector.ByTerms byTerms) {
      return SearchArguments.termsFilter(byTerms.terms(), engine.tagSeparator());
    }
    if (selector instanceof EntrySelector.CreatedBefore createdBefore) {
      return SearchArguments.createdBeforeFilter(createdBefore.time());
    }
    throw new AssertionError(selector);
  }

  private static FieldFilter.Condition condition(EntrySelector selector) {
    if (selector instanceof EntrySelector.ByScope byScope) {
      return FieldFilter.Condition.scope(byScope.scope());
    }
    if (selector instanceof EntrySelector.ByTerm byTerm) {
      return FieldFilter.Condition.term(byTerm.term());
    }
    if (selector instanceof EntrySelector.ByTerms byTerms) {
      return FieldFilter.Condition.terms(byTerms.terms());
    }
    if (selector instanceof EntrySelector.CreatedBefore createdBefore) {
      return FieldFilter.Condition.createdBefore(createdBefore.time().toEpochMilli());
    }
    throw new AssertionError(selector);
  }

  /** {@inheritDoc} Takes one round trip, or two if one of the versions is missing. */
  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    return versions.of(dependencies);
  }

  /** {@inheritDoc} Takes one round trip, or two if one of the versions is missing. */
  @Override
  public VersionedEntry findWithVersions(String key, Set<String> dependencies) {
    requireNonNull(key, "key");
    return near.isEmpty()
        ? versions.find(key, dependencies, false).versioned()
        : findAndStoreNear(key, dependencies);
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public void renewVersion(String dependency) {
    try {
      String unused = versions.renew(dependency);
    } finally {
      near.ifPresent(tier -> tier.invalidateVersion(dependency));
    }
  }

  /** {@inheritDoc} The leases are shared by all processes that use the same cache. */
  @Override
  public Optional<LeaseStore> leases() {
    return Optional.of(leases);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Scans all keys of the server and reads the entries in batches of about 100, and each batch
   * takes three round trips. The listing includes entries that are not in the index and does not
   * require the index. While it is read, the stream stores the keys that it has returned, about 200
   * bytes each, so that it returns no entry twice. It does not hold a connection, so closing it is
   * optional.
   */
  @Override
  public Stream<ListedEntry> entries() {
    return scanner.entries();
  }

  /** {@inheritDoc} Takes two round trips. */
  @Override
  public List<ListedEntry> entries(Set<String> keys) {
    return scanner.entries(requireNonNull(keys, "keys"));
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public Optional<byte[]> load(String name) {
    return states.load(name);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Takes two round trips, plus two for each conflict with a concurrent update. After 100
   * attempts the method throws a {@link StoreException}.
   */
  @Override
  public void update(String name, Function<Optional<byte[]>, byte[]> change) {
    states.update(name, change);
  }

  /**
   * Returns a tier of embeddings that all processes share, for {@link
   * EmbeddingCache.Builder#shared}. It uses the connections and the cache name of this store. Each
   * embedding is a key of its own, {@code <cacheName>:embedding:<modelId>:<dimension>:<hash>}, with
   * an expiry. Removing entries does not remove embeddings.
   *
   * @return the tier, which must not be used after this store is closed
   */
  public EmbeddingCache.Shared embeddings() {
    return new RedisEmbeddings(commands, space);
  }

  /**
   * Drops the index, if it exists. A store of this cache that is still in use, including this one,
   * creates it again with its next search.
   *
   * @param deleteEntries whether to delete all entries too, including those that are not in the
   *     index. Otherwise, the entries remain and an index that is created later contains them
   * @throws StoreException if a command fails; some of the entries may have been deleted
   */
  public void dropIndex(boolean deleteEntries) {
    index.drop();
    if (deleteEntries) {
      remove(new EntrySelector.All());
    }
  }

  /** Creates or verifies the index, and selects the method of writing entries. */
  private void initialize() {
    if (indexInitializer.initialize()) {
      try {
        writer.method();
      } catch (StoreException e) {
        // The first write tries again.
        log.debug("The method of writing entries could not be selected", e);
      }
    }
  }

  private long count(String filter) {
    engine.identify();
    if (filter.equals(SelectivityEstimator.ALL_ENTRIES) && !engine.understandsFilterQueries()) {
      return index.entryCount();
    }
    return counter.countByIndex(filter);
  }

  /**
   * Closes the connections that the store has opened and stops its background thread. Does not
   * close a client that was passed to {@link #builder(UnifiedJedis, EmbeddingSpace)}. Subsequent
   * calls have no effect.
   */
  @Override
  public void close() {
    ownExecutor.ifPresent(BackgroundExecutor::close);
    near.ifPresent(NearTier::close);
    provider.close();
  }

  @Override
  public String toString() {
    return "RedisVectorStore[" + index.name() + "]";
  }

  /** Builds a {@link RedisVectorStore}. Not thread-safe. */
  public static final class Builder {
    private final @Nullable RedisConnection connection;
    private final @Nullable UnifiedJedis jedis;
    private final EmbeddingSpace space;
    private String cacheName = "sem_cache";
    private VectorIndex vectorIndex = VectorIndex.hnsw();
    private VectorType vectorType = VectorType.FLOAT32;
    private long maxEntries;
    private boolean textFields;
    private boolean indexAssumed;
    private @Nullable NearCache nearCache;
    private @Nullable Executor executor;
    private InstantSource time = InstantSource.system();
    private LongSupplier ticker = System::nanoTime;

    private Builder(
        @Nullable RedisConnection connection, @Nullable UnifiedJedis jedis, EmbeddingSpace space) {
      this.connection = connection;
      this.jedis = jedis;
      this.space = requireNonNull(space, "space");
    }

    /**
     * Sets the name of the cache. Caches with different names do not share entries or state.
     *
     * @param cacheName the name, well-formed Unicode and not blank, for example {@code app:llm};
     *     all characters except letters, digits, and {@code _.-:} are percent-encoded. The default
     *     is {@code sem_cache}
     * @return this builder
     * @throws IllegalArgumentException if the name is blank or contains an unpaired surrogate
     */
    public Builder cacheName(String cacheName) {
      KeyNaming.of(cacheName, space);
      this.cacheName = cacheName;
      return this;
    }

    /**
     * Sets the vector search algorithm and its parameters. All stores of a cache must have the same
     * setting, except for {@link VectorIndex.Hnsw#efRuntime}.
     *
     * @param vectorIndex HNSW or FLAT; the default is {@link VectorIndex#hnsw}
     * @return this builder
     */
    public Builder vectorIndex(VectorIndex vectorIndex) {
      this.vectorIndex = requireNonNull(vectorIndex, "vectorIndex");
      return this;
    }

    /**
     * Sets the type of the components of the stored vectors. {@link VectorType#FLOAT16} halves the
     * memory of the vectors. Caches with different types do not share entries, but they share
     * learned state.
     *
     * @param vectorType the type; the default is {@link VectorType#FLOAT32}
     * @return this builder
     */
    public Builder vectorType(VectorType vectorType) {
      this.vectorType = requireNonNull(vectorType, "vectorType");
      return this;
    }

    /**
     * Limits the number of entries, for servers that may not evict. If there are more, the store
     * removes the oldest ones in the background, with a few commands per thousand writes. It also
     * removes some if the server rejects a write because its memory is full. The number of entries
     * exceeds the limit by about one percent at most: if the background thread is too slow, a write
     * removes entries itself, or waits for a removal for at most 250 ms. All stores of a cache
     * should have the same limit. On servers with valkey-search before version 1.2, entries without
     * an embedding are not removed.
     *
     * @param maxEntries the maximum number of entries, at least 1. By default, there is no limit
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxEntries(long maxEntries) {
      if (maxEntries < 1) {
        throw new IllegalArgumentException(
            "maxEntries is " + maxEntries + "; it must be at least 1");
      }
      this.maxEntries = maxEntries;
      return this;
    }

    /**
     * Indexes prompts and answers for full-text search with FT.SEARCH or Redis Insight, for example
     * to inspect a cache by hand. The cache does not use it. It costs memory, and time per write.
     * Disabled by default.
     *
     * @return this builder
     */
    public Builder textFields() {
      this.textFields = true;
      return this;
    }

    /**
     * Assumes that the index exists and has the required schema: the store neither creates nor
     * verifies it. For users without permission for FT.CREATE and FT.INFO. The store cannot
     * determine whether such an index is complete, so {@linkplain RedisVectorStore#remove removing}
     * the entries of a scope scans all keys of the server. Disabled by default.
     *
     * @return this builder
     */
    public Builder assumeIndex() {
      this.indexAssumed = true;
      return this;
    }

    /**
     * Adds a near cache: a copy of recently found entries in the memory of the process, which
     * answers exact lookups without a round trip. Use it if prompts repeat literally. Changes by
     * other processes may take effect later than without a near cache; see {@link NearCache}. None
     * by default.
     *
     * @param nearCache the options of the near cache
     * @return this builder
     * @throws IllegalStateException if Caffeine is not on the class path
     */
    public Builder nearCache(NearCache nearCache) {
      this.nearCache = requireNonNull(nearCache, "nearCache");
      NearTier.requireCaffeine();
      return this;
    }

    /**
     * Sets the executor of background tasks, such as counting and removing entries, repeating a
     * search, and refreshing the cluster topology after a connection failure. A task blocks on the
     * client, at most until its time-outs.
     *
     * @param executor the executor, which the store does not shut down. By default, tasks run on a
     *     daemon thread of the store that ends when it is idle, and are skipped while 64 are
     *     waiting
     * @return this builder
     */
    public Builder executor(Executor executor) {
      this.executor = requireNonNull(executor, "executor");
      return this;
    }

    /** Sets the clocks, for tests. */
    Builder clocks(InstantSource time, LongSupplier ticker) {
      this.time = time;
      this.ticker = ticker;
      return this;
    }

    /**
     * Builds the store, and creates its index or verifies the existing one. If the server or
     * cluster cannot be reached or is not ready, the method logs a warning and returns the store,
     * which tries again later.
     *
     * @return the store
     * @throws StoreException if the existing index has a different schema, the server has no search
     *     module, or the user lacks a permission. The message states the remedy
     */
    public RedisVectorStore build() {
      RedisVectorStore store = new RedisVectorStore(this);
      try {
        store.initialize();
        return store;
      } catch (StoreException e) {
        store.close();
        throw e;
      }
    }

    private JedisProvider jedisProvider(Executor background) {
      return connection == null
          ? JedisProvider.of(requireNonNull(jedis, "jedis"))
          : JedisProvider.opening(connection, background, ticker);
    }
  }
}
