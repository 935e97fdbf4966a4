package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.store.DependencyVersions;
import io.github.semcache.internal.store.MonotonicClock;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store on the heap. A search takes time proportional to the number of entries in the scope. It
 * compares the query with every entry of a scope that has fewer than 1,024. In larger scopes, it
 * skips entries that cannot be near according to an estimate from one bit per component; it misses
 * each of the nearest entries with a probability of 0.00003.
 *
 * <p>The number of entries and their memory are bounded. When the store is full, it evicts the
 * least recently used entry. Writing an entry, finding it by its key, and returning it as the
 * nearest match of a search count as uses. An entry that alone exceeds the maximum memory is
 * evicted at once. Later writes remove expired entries.
 *
 * <p>Thread-safe. Searches run concurrently with each other, but not with writes. No method blocks,
 * except while it waits for the lock.
 */
public final class InMemoryVectorStore
    implements VectorStore, VectorStore.Listable, StateStore, NonBlocking {
  private final EmbeddingSpace space;
  private final int maxEntries;
  private final long maxBytes;
  private final InstantSource time;

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, ScopeNodes> scopes = new HashMap<>();
  private final Map<String, byte[]> states = new ConcurrentHashMap<>();
  private final DependencyVersions versions = new DependencyVersions();
  private final LeaseStore.Local leases = new LeaseStore.Local(this);
  private final TreeSet<Node> byExpiry = new TreeSet<>(Node.BY_EXPIRY);

  /**
   * Keys from least to most recently used. Guarded by its own monitor; acquired after {@link
   * #lock}.
   */
  private final Map<String, Boolean> recency = new LinkedHashMap<>(16, 0.75f, true);

  /** The approximate size of all scopes and nodes. Guarded by {@link #lock}. */
  private long bytes;

  private InMemoryVectorStore(Builder builder) {
    this.space = builder.space;
    this.maxEntries = builder.maxEntries;
    this.maxBytes = builder.maxBytes;
    this.time = MonotonicClock.of(builder.time);
  }

  /**
   * Creates a store of at most 10,000 entries and at most a quarter of the maximum heap size.
   *
   * @param embedder the embedder whose embeddings the store will hold
   * @return an empty store
   */
  public static InMemoryVectorStore of(Embedder embedder) {
    return builder(embedder).build();
  }

  /**
   * Returns a builder.
   *
   * @param embedder the embedder whose embeddings the store will hold
   * @return a builder
   */
  public static Builder builder(Embedder embedder) {
    return builder(EmbeddingSpace.of(embedder));
  }

  /**
   * Returns a builder.
   *
   * @param space the vector space of the embeddings
   * @return a builder
   */
  public static Builder builder(EmbeddingSpace space) {
    return new Builder(space);
  }

  @Override
  public EmbeddingSpace space() {
    return space;
  }

  @Override
  public Optional<CacheEntry> find(String key) {
    requireNonNull(key, "key");
    Instant now = time.instant();
    Optional<Node> found = withReadLock(() -> findNode(key, now));
    found.ifPresent(this::recordUse);
    return found.map(node -> node.entry);
  }

  private Optional<Node> findNode(String key, Instant now) {
    return Optional.ofNullable(nodes.get(key)).filter(node -> node.isLiveAt(now));
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    space.check(requireNonNull(query, "query").embedding());
    Instant now = time.instant();
    List<EmbeddingTable.Scored<Node>> nearest = withReadLock(() -> search(query, now));
    if (nearest.isEmpty()) {
      return NearestEntries.none();
    }
    recordUse(nearest.get(0).row());
    return new NearestEntries(
        nearest.stream().map(scored -> new Match(scored.row().entry, scored.distance())).toList(),
        0);
  }

  private List<EmbeddingTable.Scored<Node>> search(NearestQuery query, Instant now) {
    ScopeNodes scope = scopes.get(query.scope());
    return scope == null
        ? List.of()
        : scope.embeddings.nearest(
            query.embedding(),
            query.k(),
            node ->
                node.isLiveAt(now)
                    && !isTooOld(node.entry, query)
                    && EntrySelector.ByTerms.matches(node.terms, query.terms()));
  }

  private static boolean isTooOld(CacheEntry entry, NearestQuery query) {
    return query.notBefore().filter(entry.createdAt()::isBefore).isPresent();
  }

  @Override
  public int put(List<NewEntry> entries) {
    requireNonNull(entries, "entries");
    entries.forEach(entry -> entry.embedding().ifPresent(space::check));
    leases.supersede(entries);
    Instant now = time.instant();
    return withWriteLock(
        () -> {
          removeExpired(now);
          int evicted = 0;
          for (NewEntry entry : entries) {
            evicted += put(new Node(entry, now), entry.embedding());
          }
          return evicted;
        });
  }

  @Override
  public OptionalInt putIfUnchanged(NewEntry entry, Optional<Instant> known) {
    entry.embedding().ifPresent(space::check);
    leases.supersede(List.of(entry));
    Instant now = time.instant();
    return withWriteLock(
        () -> {
          removeExpired(now);
          Optional<Instant> current =
              findNode(entry.entry().key(), now).map(node -> node.entry.createdAt());
          return current.isEmpty() || current.equals(known)
              ? OptionalInt.of(put(new Node(entry, now), entry.embedding()))
              : OptionalInt.empty();
        });
  }

  /** Adds a node and returns the number of evicted nodes. */
  private int put(Node node, Optional<Embedding> embedding) {
    if (node.bytes + sizeOf(embedding) > maxBytes) {
      delete(nodes.get(node.entry.key()));
      return 1;
    }
    add(node, embedding);
    return evict();
  }

  private long sizeOf(Optional<Embedding> embedding) {
    return embedding.isPresent() ? EmbeddingTable.bytes(space.dimension()) : 0;
  }

  private void add(Node node, Optional<Embedding> embedding) {
    delete(nodes.get(node.entry.key()));
    nodes.put(node.entry.key(), node);
    scopes.computeIfAbsent(node.entry.scope(), scope -> newScope()).add(node, embedding);
    if (node.expiresAt != null) {
      byExpiry.add(node);
    }
    node.bytes += sizeOf(embedding);
    bytes += node.bytes;
    synchronized (recency) {
      recency.put(node.entry.key(), true);
    }
  }

  private ScopeNodes newScope() {
    bytes += EntrySize.SCOPE;
    return new ScopeNodes();
  }

  private void removeExpired(Instant now) {
    while (!byExpiry.isEmpty() && !byExpiry.first().isLiveAt(now)) {
      delete(byExpiry.first());
    }
  }

  private int evict() {
    int evicted = 0;
    for (; nodes.size() > maxEntries || bytes > maxBytes; evicted++) {
      String leastRecentlyUsed;
      synchronized (recency) {
        leastRecentlyUsed = recency.keySet().iterator().next();
      }
      delete(nodes.get(leastRecentlyUsed));
    }
    return evicted;
  }

  @Override
  public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
    requireNonNull(key, "key");
    requireNonNull(change, "change");
    Instant now = time.instant();
    return withWriteLock(
        () ->
            findNode(key, now)
                .map(
                    node -> {
                      CacheEntry changed = node.entry.withChange(change);
                      long growth =
                          EntrySize.of(changed, node.terms) - EntrySize.of(node.entry, node.terms);
                      node.bytes += growth;
                      bytes += growth;
                      node.entry = changed;
                      if (node.bytes > maxBytes) {
                        delete(node);
                      }
                      recordUse(node);
                      evict();
                      return changed;
                    }));
  }

  @Override
  public boolean expire(String key, Optional<Duration> timeToLive) {
    requireNonNull(key, "key");
    timeToLive.ifPresent(Prompt::checkTimeToLive);
    Instant now = time.instant();
    return withWriteLock(
        () -> {
          Optional<Node> found = findNode(key, now);
          found.ifPresent(node -> expire(node, timeToLive.map(now::plus).orElse(null)));
          return found.isPresent();
        });
  }

  private void expire(Node node, @Nullable Instant expiresAt) {
    if (node.expiresAt != null) {
      byExpiry.remove(node);
    }
    node.expiresAt = expiresAt;
    if (expiresAt != null) {
      byExpiry.add(node);
    }
  }

  @Override
  public long remove(EntrySelector selector) {
    requireNonNull(selector, "selector");
    Instant now = time.instant();
    return withWriteLock(
        () -> {
          List<Node> selected = List.copyOf(select(selector));
          selected.forEach(this::delete);
          return selected.stream().filter(node -> node.isLiveAt(now)).count();
        });
  }

  @Override
  public long count(EntrySelector selector) {
    requireNonNull(selector, "selector");
    Instant now = time.instant();
    return withReadLock(() -> select(selector).stream().filter(node -> node.isLiveAt(now)).count());
  }

  private Collection<Node> select(EntrySelector selector) {
    if (selector instanceof EntrySelector.ByKey byKey) {
      return Optional.ofNullable(nodes.get(byKey.key())).stream().toList();
    }
    if (selector instanceof EntrySelector.ByScope byScope) {
      ScopeNodes scope = scopes.get(byScope.scope());
      return scope == null ? List.of() : scope.nodes.values();
    }
    if (selector instanceof EntrySelector.ByTerm byTerm) {
      return select(node -> node.terms.contains(byTerm.term()));
    }
    if (selector instanceof EntrySelector.ByTerms byTerms) {
      return select(node -> EntrySelector.ByTerms.matches(node.terms, byTerms.terms()));
    }
    if (selector instanceof EntrySelector.CreatedBefore createdBefore) {
      return select(node -> node.entry.createdAt().isBefore(createdBefore.time()));
    }
    if (selector instanceof EntrySelector.All) {
      return nodes.values();
    }
    throw new AssertionError(selector);
  }

  private Collection<Node> select(Predicate<Node> condition) {
    return nodes.values().stream().filter(condition).toList();
  }

  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    return versions.of(dependencies);
  }

  @Override
  public void renewVersion(String dependency) {
    versions.renew(dependency);
  }

  /** {@inheritDoc} The leases of this store are known to this process only. */
  @Override
  public Optional<LeaseStore> leases() {
    return Optional.of(leases);
  }

  @Override
  public Stream<ListedEntry> entries() {
    Instant now = time.instant();
    return withReadLock(
        () -> nodes.values().stream().filter(node -> node.isLiveAt(now)).map(Node::listed).toList())
        .stream();
  }

  @Override
  public List<ListedEntry> entries(Set<String> keys) {
    requireNonNull(keys, "keys");
    Instant now = time.instant();
    return withReadLock(
        () -> keys.stream().flatMap(key -> findNode(key, now).stream()).map(Node::listed).toList());
  }

  private void delete(@Nullable Node node) {
    if (node == null) {
      return;
    }
    String key = node.entry.key();
    nodes.remove(key);
    bytes -= node.bytes;
    ScopeNodes scope = requireNonNull(scopes.get(node.entry.scope()));
    if (scope.isEmptyAfterRemoving(node)) {
      scopes.remove(node.entry.scope());
      bytes -= EntrySize.SCOPE;
    }
    if (node.expiresAt != null) {
      byExpiry.remove(node);
    }
    synchronized (recency) {
      recency.remove(key);
    }
  }

  /** Makes an entry the most recently used one, unless it was removed concurrently. */
  private void recordUse(Node node) {
    synchronized (recency) {
      recency.get(node.entry.key());
    }
  }

  @Override
  public Optional<byte[]> load(String name) {
    return Optional.ofNullable(states.get(StateStore.checkName(name))).map(byte[]::clone);
  }

  @Override
  public void update(String name, Function<Optional<byte[]>, byte[]> change) {
    states.compute(
        StateStore.checkName(name),
        (key, state) -> change.apply(Optional.ofNullable(state).map(byte[]::clone)).clone());
  }

  /** Has no effect: this store holds no resources. */
  @Override
  public void close() {}

  private <T> T withReadLock(Supplier<T> action) {
    lock.readLock().lock();
    try {
      return action.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  private <T> T withWriteLock(Supplier<T> action) {
    lock.writeLock().lock();
    try {
      return action.get();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** The entries of a scope. */
  private final class ScopeNodes {
    private final Map<String, Node> nodes = new HashMap<>();
    private final EmbeddingTable<Node> embeddings = new EmbeddingTable<>(space.dimension());

    void add(Node node, Optional<Embedding> embedding) {
      nodes.put(node.entry.key(), node);
      embedding.ifPresent(present -> embeddings.add(node, present));
    }

    boolean isEmptyAfterRemoving(Node node) {
      nodes.remove(node.entry.key());
      if (node.hasEmbedding()) {
        embeddings.remove(node);
      }
      return nodes.isEmpty();
    }
  }

  private static final class Node extends EmbeddingTable.Row {
    static final Comparator<Node> BY_EXPIRY =
        Comparator.comparing((Node node) -> requireNonNull(node.expiresAt))
            .thenComparing(node -> node.entry.key());

    /** Written under the write lock. */
    volatile CacheEntry entry;

    /** Changed under the write lock, while the node is not in the set that it sorts. */
    @Nullable Instant expiresAt;

    final Set<String> terms;

    /** The approximate size, including that of the embedding once the node was added. */
    long bytes;

    Node(NewEntry newEntry, Instant now) {
      entry = newEntry.entry();
      terms = newEntry.terms();
      bytes = EntrySize.of(entry, terms);
      expiresAt = newEntry.timeToLive().map(now::plus).orElse(null);
    }

    boolean isLiveAt(Instant now) {
      return expiresAt == null || now.isBefore(expiresAt);
    }

    Listable.ListedEntry listed() {
      return new Listable.ListedEntry(entry, Optional.ofNullable(expiresAt), Optional.of(terms));
    }
  }

  /** Builds an {@link InMemoryVectorStore}. Not thread-safe. */
  public static final class Builder {
    private static final int DEFAULT_HEAP_PARTS = 4;

    private final EmbeddingSpace space;
    private int maxEntries = 10_000;
    private long maxBytes = Runtime.getRuntime().maxMemory() / DEFAULT_HEAP_PARTS;
    private InstantSource time = InstantSource.system();

    private Builder(EmbeddingSpace space) {
      this.space = requireNonNull(space, "space");
    }

    /**
     * Sets the maximum number of entries.
     *
     * @param maxEntries the maximum, at least 1; 10,000 by default
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
     * Sets the maximum memory of the entries with their embeddings, texts, and attributes. The
     * store estimates the size of an entry; the estimate includes the objects that hold it.
     *
     * @param maxBytes the maximum in bytes, at least 1; a quarter of the maximum heap size by
     *     default ({@link Runtime#maxMemory()})
     * @return this builder
     * @throws IllegalArgumentException if the maximum is less than 1
     */
    public Builder maxBytes(long maxBytes) {
      if (maxBytes < 1) {
        throw new IllegalArgumentException("maxBytes is " + maxBytes + "; it must be at least 1");
      }
      this.maxBytes = maxBytes;
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

    /**
     * Builds the store.
     *
     * @return an empty store
     */
    public InMemoryVectorStore build() {
      return new InMemoryVectorStore(this);
    }
  }
}
