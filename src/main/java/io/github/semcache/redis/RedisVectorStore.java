package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.ListableStore;
import io.github.semcache.store.ListableStore.ListedEntry;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;

/**
 * A store in Redis with its search module (Redis 8, Redis Stack, or RediSearch 2.6 and later):
 * shared by any number of processes, and as durable as the server is set up to be.
 *
 * <p><b>What is stored.</b> Each entry is a hash, {@code
 * <cacheName>:v1:<modelId>:<dimension>:<key>}, with the fields {@code scope}, {@code created_at}
 * (milliseconds), {@code prompt}, {@code answer}, {@code attributes} (JSON) and {@code embedding}
 * (float32, little-endian), and with its time to live as the key's expiry. Characters of name and
 * model other than letters, digits, {@code _}, {@code .} and {@code -} are percent-encoded. An
 * index of the same name, without the key, is over all of them. What the cache has learned is in
 * strings, {@code <cacheName>:state:v1:<modelId>:<dimension>:<name>}, which do not expire and are
 * not in the index; they stay when entries are removed, even with {@link #dropIndex}. Instances on
 * one server share them.
 *
 * <p><b>Round trips.</b> {@link #find} takes one. {@link #nearest} takes one, with the entries in
 * the reply; if nothing that it finds can be served, because it has expired but is still in the
 * index or because it cannot be read, it has the server remove what has expired and asks once more,
 * for ten times as many. {@link #put} takes one for each 256 entries; each of them lands whole,
 * with its embedding and its expiry, or not at all.
 *
 * <p><b>The index</b> is made when the store is built, and compared with what the store needs if it
 * is there already. If the server cannot be reached then, or is loading its data, {@link
 * Builder#build} logs a warning and the index is made when the store is used; until then {@link
 * #nearest} fails, at most once a second by asking the server. If the index vanishes later
 * (FLUSHALL, FT.DROPINDEX), the next search finds nothing and makes it again; the server then
 * indexes the entries that are left in the background. Nothing is ever dropped but by {@link
 * #dropIndex}.
 *
 * <p><b>Search.</b> HNSW unless {@link Builder#vectorIndex} says otherwise. From the second search
 * of a scope on, the store now and then asks the server how many entries the scope and the index
 * have, on another thread, and tells the server which way to search is the faster one. A search
 * that the server did not finish in time counts as failed, where the server says so (RESP3).
 *
 * <p><b>Threads.</b> Safe for use by many threads, if the client is. Every method but {@link
 * #space} blocks for as long as the client lets it: time-outs, and the wait for a connection of its
 * pool, are the client's, as is how often it tries again. They are bounded in a client that the
 * store opens itself ({@link RedisConnection}).
 *
 * <p><b>Clients.</b> Any of Jedis's pooled clients, version 7.4 to 8, for a single server,
 * sentinels or a cluster; RESP2 or RESP3. Not supported: a client that changes keys ({@code
 * keyPreProcessor}), and {@code UnifiedJedis} over one bare connection.
 *
 * <p><b>What the user needs to be allowed</b> (ACL), on the keys {@code <cacheName>:*}: HMGET and
 * FT.SEARCH to look up; MULTI, DEL, HSET, PEXPIRE, EXEC to write (on a cluster EVAL, HSET, HDEL,
 * DEL, PEXPIRE, PERSIST, and CLUSTER SLOTS for the client); UNLINK, SCAN, HGET to remove; SCAN,
 * HMGET, PTTL to list; GET to read what was learned, and EVAL, SET to keep it; FT.CREATE and
 * FT.INFO for the index, unless {@link Builder#assumeIndex} is set; FT.DROPINDEX for {@link
 * #dropIndex}.
 *
 * <p><b>Not bounded</b> by the store: Redis's {@code maxmemory} and its eviction policy are. {@code
 * volatile-lru} suits a cache: it evicts entries that expire, and never what was learned, which
 * {@code allkeys-lru} may take too.
 */
public final class RedisVectorStore implements VectorStore, ListableStore, StateStore {
  private final EmbeddingSpace space;
  private final boolean indexAssumed;
  private final Optional<Background> background;
  private final StoreClient client;

  private final RedisCommands commands;
  private final SearchIndex index;
  private final IndexInitializer keeper;
  private final SelectivityEstimator shares;
  private final EntrySearch search;
  private final HashWriter writer;
  private final EntryRemoval removal;
  private final EntryScan scan;
  private final StateKeys states;

  private RedisVectorStore(Builder builder) {
    this.space = builder.space;
    this.indexAssumed = builder.indexAssumed;
    Executor given = builder.executor;
    this.background = given == null ? Optional.of(new Background()) : Optional.empty();
    Executor executor = given == null ? background.orElseThrow() : given;
    this.client = builder.client(executor);
    KeySpace keys = KeySpace.of(builder.cacheName, space);
    commands = new RedisCommands(client, keys);
    index =
        new SearchIndex(
            commands,
            new IndexSchema(keys, space.dimension(), builder.vectorIndex, builder.textFields));
    keeper = new IndexInitializer(index, indexAssumed, builder.ticker);
    shares = new SelectivityEstimator(this::count, executor, builder.ticker);
    search = new EntrySearch(commands, builder.vectorIndex, shares, builder.time);
    writer = new HashWriter(commands);
    removal = new EntryRemoval(commands);
    scan = new EntryScan(commands, builder.time);
    states = new StateKeys(commands);
  }

  /**
   * Connects to a single server, with the defaults of {@link RedisConnection} and the {@link
   * Builder}.
   *
   * @param uri see {@link RedisConnection#of(URI)}
   * @param space the vector space of the embeddings
   * @return the store; closing it closes its connections
   * @throws IllegalArgumentException if the address cannot be used
   * @throws StoreException see {@link Builder#build}
   */
  public static RedisVectorStore connect(URI uri, EmbeddingSpace space) {
    return builder(RedisConnection.of(uri), space).build();
  }

  /**
   * Connects to a single server, with the defaults of {@link RedisConnection} and the {@link
   * Builder}.
   *
   * @param uri see {@link RedisConnection#of(URI)}
   * @param space the vector space of the embeddings
   * @return the store; closing it closes its connections
   * @throws IllegalArgumentException if the address cannot be used
   * @throws StoreException see {@link Builder#build}
   */
  public static RedisVectorStore connect(String uri, EmbeddingSpace space) {
    return builder(RedisConnection.of(uri), space).build();
  }

  /**
   * Connects to a single server, with the defaults of {@link RedisConnection} and the {@link
   * Builder}.
   *
   * @param uri see {@link RedisConnection#of(URI)}
   * @param embedder whose embeddings the store holds
   * @return the store; closing it closes its connections
   * @throws IllegalArgumentException if the address cannot be used
   * @throws StoreException see {@link Builder#build}
   */
  public static RedisVectorStore connect(URI uri, Embedder embedder) {
    return connect(uri, EmbeddingSpace.of(embedder));
  }

  /**
   * Connects to a single server, with the defaults of {@link RedisConnection} and the {@link
   * Builder}.
   *
   * @param uri see {@link RedisConnection#of(URI)}
   * @param embedder whose embeddings the store holds
   * @return the store; closing it closes its connections
   * @throws IllegalArgumentException if the address cannot be used
   * @throws StoreException see {@link Builder#build}
   */
  public static RedisVectorStore connect(String uri, Embedder embedder) {
    return connect(uri, EmbeddingSpace.of(embedder));
  }

  /**
   * Begins a store that opens its own connections, and closes them.
   *
   * @param connection to which server, and how
   * @param space the vector space of the embeddings
   * @return a builder
   */
  public static Builder builder(RedisConnection connection, EmbeddingSpace space) {
    return new Builder(requireNonNull(connection, "connection"), null, space);
  }

  /**
   * Begins a store that opens its own connections, and closes them.
   *
   * @param connection to which server, and how
   * @param embedder whose embeddings the store holds
   * @return a builder
   */
  public static Builder builder(RedisConnection connection, Embedder embedder) {
    return builder(connection, EmbeddingSpace.of(embedder));
  }

  /**
   * Begins a store over a client of the caller's. The store does not close it.
   *
   * @param jedis a pooled client: {@code RedisClient}, {@code RedisSentinelClient}, {@code
   *     RedisClusterClient} or their predecessors
   * @param space the vector space of the embeddings
   * @return a builder
   */
  public static Builder builder(UnifiedJedis jedis, EmbeddingSpace space) {
    return new Builder(null, requireNonNull(jedis, "jedis"), space);
  }

  /**
   * Begins a store over a client of the caller's. The store does not close it.
   *
   * @param jedis see {@link #builder(UnifiedJedis, EmbeddingSpace)}
   * @param embedder whose embeddings the store holds
   * @return a builder
   */
  public static Builder builder(UnifiedJedis jedis, Embedder embedder) {
    return builder(jedis, EmbeddingSpace.of(embedder));
  }

  @Override
  public EmbeddingSpace space() {
    return space;
  }

  /**
   * The name of the index.
   *
   * @return the index; with a colon after it, what the keys of all entries begin with
   */
  public String indexName() {
    return index.name();
  }

  @Override
  public Optional<CacheEntry> find(String key) {
    return search.find(requireNonNull(key, "key"));
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    space.check(requireNonNull(query, "query").embedding());
    EntryQuery.checkScope(query.scope());
    int generation = keeper.require();
    try {
      return search.nearest(query);
    } catch (StoreException e) {
      if (!RedisFailures.isMissingIndex(e.getCause())) {
        throw e;
      }
      keeper.recover(generation);
      return NearestEntries.none();
    }
  }

  @Override
  public int put(List<NewEntry> insertions) {
    for (NewEntry insertion : requireNonNull(insertions, "entries")) {
      EntryQuery.checkScope(insertion.entry().scope());
      insertion.embedding().ifPresent(space::check);
    }
    writer.write(insertions);
    insertions.forEach(insertion -> shares.wrote(insertion.entry().scope(), 1));
    return 0;
  }

  /**
   * Removes entries. Those of a scope are found by the index if it has all entries; while it is
   * being made, where it left some out, and where it is {@linkplain Builder#assumeIndex assumed},
   * by reading every key of the server. All entries are found by reading every key of the server,
   * so that those that are not in the index go too; the index stays.
   */
  @Override
  public Optional<CacheEntry> updateAttributes(String key, UnaryOperator<CacheEntry> change) {
    throw new UnsupportedOperationException("updateAttributes");
  }

  @Override
  public long remove(EntrySelector selection) {
    requireNonNull(selection, "selector");
    try {
      return removeSelected(selection);
    } finally {
      shares.clear();
    }
  }

  private long removeSelected(EntrySelector selection) {
    if (selection instanceof EntrySelector.ByKey byKey) {
      return removal.byKey(byKey.key());
    }
    if (selection instanceof EntrySelector.ByScope byScope) {
      return removeScope(byScope.scope());
    }
    if (selection instanceof EntrySelector.All) {
      return removal.all();
    }
    throw new AssertionError(selection);
  }

  private long removeScope(String scope) {
    EntryQuery.checkScope(scope);
    if (!indexAssumed && index.isComplete()) {
      try {
        return removal.byIndex(scope);
      } catch (StoreException e) {
        if (!RedisFailures.isMissingIndex(e.getCause())) {
          throw e;
        }
      }
    }
    return removal.byScan(scope);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Reads every key of the server, and the entries in batches of about 100, each of which takes
   * three round trips. Entries that are not in the index are listed too, and the index need not be
   * there. Holds the keys that it has read, some 200 bytes each, so that none is listed twice;
   * holds no connection, so the stream need not be closed.
   */
  @Override
  public Stream<ListedEntry> entries() {
    return scan.entries();
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public Optional<byte[]> load(String name) {
    return states.load(name);
  }

  /** {@inheritDoc} Takes two round trips for each time that the change is made. */
  @Override
  public void update(String name, Function<Optional<byte[]>, byte[]> change) {
    states.update(name, change);
  }

  /**
   * Drops the index; does nothing if there is none. Any store of this cache that is still in use,
   * this one included, makes it again at its next search.
   *
   * @param deleteEntries whether to delete the entries too, in the index or not. If they stay, an
   *     index that is made later has them again
   * @throws StoreException if Redis cannot be asked; some of the entries may be gone
   */
  public void dropIndex(boolean deleteEntries) {
    index.drop();
    if (deleteEntries) {
      removal.all();
    }
  }

  private long count(String filter) {
    return commands.search("count entries", EntryQuery.count(index.name(), filter)).total();
  }

  /** Closes the connections, if the store has opened them, and ends the store's own thread. */
  @Override
  public void close() {
    background.ifPresent(Background::close);
    client.close();
  }

  @Override
  public String toString() {
    return "RedisVectorStore[" + index.name() + "]";
  }

  /** Builds a {@link RedisVectorStore}. Not safe for use by many threads. */
  public static final class Builder {
    private final @Nullable RedisConnection connection;
    private final @Nullable UnifiedJedis jedis;
    private final EmbeddingSpace space;
    private String cacheName = "sem_cache";
    private VectorIndex vectorIndex = VectorIndex.hnsw();
    private boolean textFields;
    private boolean indexAssumed;
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
     * Names the cache. Caches of different names never see each other's entries.
     *
     * @param cacheName well-formed Unicode, not blank; {@code sem_cache} unless set
     * @return this builder
     * @throws IllegalArgumentException if it is blank or holds half a surrogate pair
     */
    public Builder cacheName(String cacheName) {
      KeySpace.of(cacheName, space);
      this.cacheName = cacheName;
      return this;
    }

    /**
     * Sets how Redis searches among vectors. Stores of one cache must agree on it, but for {@link
     * VectorIndex.Hnsw#efRuntime}.
     *
     * @param vectorIndex HNSW or FLAT; {@link VectorIndex#hnsw} unless set
     * @return this builder
     */
    public Builder vectorIndex(VectorIndex vectorIndex) {
      this.vectorIndex = requireNonNull(vectorIndex, "vectorIndex");
      return this;
    }

    /**
     * Lets people search prompts and answers for words, with FT.SEARCH or RedisInsight. The cache
     * itself does not; it costs memory, and time at each write. Off unless set.
     *
     * @return this builder
     */
    public Builder textFields() {
      this.textFields = true;
      return this;
    }

    /**
     * Takes it that the index is there, made by somebody else, and is the right one: the store
     * neither makes nor looks at it. For users who are not allowed FT.CREATE and FT.INFO. Off
     * unless set. Since the store cannot know whether such an index has all entries, {@link
     * RedisVectorStore#remove removing} a scope reads every key of the server.
     *
     * @return this builder
     */
    public Builder assumeIndex() {
      this.indexAssumed = true;
      return this;
    }

    /**
     * Sets what runs the store's occasional counting of entries, each time one or two short
     * commands that block until the client's time-outs, and the search for a cluster's nodes after
     * one could not be reached.
     *
     * @param executor which the store does not shut down; a daemon thread of the store's own unless
     *     set, where what is too much to wait for is left out
     * @return this builder
     */
    public Builder executor(Executor executor) {
      this.executor = requireNonNull(executor, "executor");
      return this;
    }

    /** Sets the clocks. */
    Builder clocks(InstantSource time, LongSupplier ticker) {
      this.time = time;
      this.ticker = ticker;
      return this;
    }

    /**
     * Builds the store, and makes its index or looks whether the one that is there is the right
     * one.
     *
     * @return the store
     * @throws StoreException if the index that is there is another one than the store needs, if the
     *     server has no search module, or if the user is not allowed what is needed for the index;
     *     the message says what to do. Not if the server, or the cluster, cannot be reached or is
     *     not ready
     */
    public RedisVectorStore build() {
      RedisVectorStore store = new RedisVectorStore(this);
      try {
        store.keeper.open();
        return store;
      } catch (StoreException e) {
        store.close();
        throw e;
      }
    }

    private StoreClient client(Executor background) {
      return connection == null
          ? StoreClient.of(requireNonNull(jedis, "jedis"))
          : StoreClient.opening(connection, background, ticker);
    }
  }
}
