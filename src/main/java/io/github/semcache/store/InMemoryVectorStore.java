package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store in the heap. It compares a query with every entry of its scope, so it always finds the
 * true nearest ones; a lookup takes time in proportion to the number of entries in the scope.
 *
 * <p>Bounded: when it is full, the least recently used entry goes first. An entry is used when it
 * is put, found by its key, or returned as the nearest of a search. Expired entries are removed by
 * later writes.
 *
 * <p>Safe for use by many threads: searches run side by side, writes alone. Nothing blocks on more
 * than that lock.
 */
public final class InMemoryVectorStore implements VectorStore, ListableStore, StateStore {
  private final EmbeddingSpace space;
  private final int maxEntries;
  private final InstantSource time;

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, Members> scopes = new HashMap<>();
  private final Map<String, byte[]> states = new ConcurrentHashMap<>();
  private final TreeSet<Node> byExpiry = new TreeSet<>(Node.BY_EXPIRY);

  /** Keys from least to most recently used. Guarded by itself; taken after {@link #lock}. */
  private final Map<String, Boolean> recency = new LinkedHashMap<>(16, 0.75f, true);

  private InMemoryVectorStore(Builder builder) {
    this.space = builder.space;
    this.maxEntries = builder.maxEntries;
    this.time = builder.time;
  }

  /**
   * A store of at most 10,000 entries.
   *
   * @param embedder whose embeddings it will hold
   * @return the store
   */
  public static InMemoryVectorStore of(Embedder embedder) {
    return builder(embedder).build();
  }

  /**
   * Begins a store.
   *
   * @param embedder whose embeddings it will hold
   * @return a builder
   */
  public static Builder builder(Embedder embedder) {
    return builder(EmbeddingSpace.of(embedder));
  }

  /**
   * Begins a store.
   *
   * @param space the vector space of its embeddings
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
    Optional<Node> found =
        reading(() -> Optional.ofNullable(nodes.get(key)).filter(node -> node.livesAt(now)));
    found.ifPresent(this::touch);
    return found.map(node -> node.entry);
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    space.check(requireNonNull(query, "query").embedding());
    Instant now = time.instant();
    List<EmbeddingTable.Scored<Node>> nearest = reading(() -> scan(query, now));
    if (nearest.isEmpty()) {
      return NearestEntries.none();
    }
    touch(nearest.get(0).row());
    return new NearestEntries(
        nearest.stream().map(scored -> new Match(scored.row().entry, scored.distance())).toList(),
        0);
  }

  private List<EmbeddingTable.Scored<Node>> scan(NearestQuery query, Instant now) {
    Members members = scopes.get(query.scope());
    return members == null
        ? List.of()
        : members.embeddings.nearest(
            query.embedding(),
            query.k(),
            node -> node.livesAt(now) && !isTooOld(node.entry, query));
  }

  private static boolean isTooOld(CacheEntry entry, NearestQuery query) {
    return query.notBefore().filter(entry.createdAt()::isBefore).isPresent();
  }

  @Override
  public int put(List<NewEntry> insertions) {
    requireNonNull(insertions, "insertions");
    insertions.forEach(insertion -> insertion.embedding().ifPresent(space::check));
    Instant now = time.instant();
    return writing(
        () -> {
          insertions.forEach(insertion -> add(new Node(insertion, now), insertion.embedding()));
          removeExpired(now);
          return evict();
        });
  }

  private void add(Node node, Optional<Embedding> embedding) {
    delete(nodes.get(node.entry.key()));
    nodes.put(node.entry.key(), node);
    scopes.computeIfAbsent(node.entry.scope(), scope -> new Members()).add(node, embedding);
    if (node.expiresAt != null) {
      byExpiry.add(node);
    }
    synchronized (recency) {
      recency.put(node.entry.key(), true);
    }
  }

  private void removeExpired(Instant now) {
    while (!byExpiry.isEmpty() && !byExpiry.first().livesAt(now)) {
      delete(byExpiry.first());
    }
  }

  private int evict() {
    int evicted = 0;
    for (; nodes.size() > maxEntries; evicted++) {
      String oldest;
      synchronized (recency) {
        oldest = recency.keySet().iterator().next();
      }
      delete(nodes.get(oldest));
    }
    return evicted;
  }

  @Override
  public Optional<CacheEntry> updateAttributes(String key, UnaryOperator<CacheEntry> change) {
    requireNonNull(key, "key");
    requireNonNull(change, "change");
    Instant now = time.instant();
    return writing(
        () ->
            Optional.ofNullable(nodes.get(key))
                .filter(node -> node.livesAt(now))
                .map(
                    node -> {
                      node.entry = node.entry.withChangedAttributes(change);
                      return node.entry;
                    }));
  }

  @Override
  public long remove(EntrySelector selection) {
    requireNonNull(selection, "selection");
    Instant now = time.instant();
    return writing(
        () -> {
          List<Node> selected = List.copyOf(select(selection));
          selected.forEach(this::delete);
          return selected.stream().filter(node -> node.livesAt(now)).count();
        });
  }

  private Collection<Node> select(EntrySelector selection) {
    if (selection instanceof EntrySelector.ByKey byKey) {
      return Optional.ofNullable(nodes.get(byKey.key())).stream().toList();
    }
    if (selection instanceof EntrySelector.ByScope byScope) {
      Members members = scopes.get(byScope.scope());
      return members == null ? List.of() : members.nodes.values();
    }
    if (selection instanceof EntrySelector.All) {
      return nodes.values();
    }
    throw new AssertionError(selection);
  }

  @Override
  public Stream<ListedEntry> entries() {
    Instant now = time.instant();
    return reading(
        () ->
            nodes.values().stream()
                .filter(node -> node.livesAt(now))
                .map(node -> new ListedEntry(node.entry, Optional.ofNullable(node.expiresAt)))
                .toList())
        .stream();
  }

  private void delete(@Nullable Node node) {
    if (node == null) {
      return;
    }
    String key = node.entry.key();
    nodes.remove(key);
    scopes.computeIfPresent(
        node.entry.scope(), (scope, members) -> members.isEmptyWithout(node) ? null : members);
    if (node.expiresAt != null) {
      byExpiry.remove(node);
    }
    synchronized (recency) {
      recency.remove(key);
    }
  }

  /** Makes an entry the most recently used one, unless it has gone meanwhile. */
  private void touch(Node node) {
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

  /** Does nothing: there is nothing to release. */
  @Override
  public void close() {}

  private <T> T reading(Supplier<T> action) {
    lock.readLock().lock();
    try {
      return action.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  private <T> T writing(Supplier<T> action) {
    lock.writeLock().lock();
    try {
      return action.get();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** The entries of a scope. */
  private final class Members {
    private final Map<String, Node> nodes = new HashMap<>();
    private final EmbeddingTable<Node> embeddings = new EmbeddingTable<>(space.dimension());

    void add(Node node, Optional<Embedding> embedding) {
      nodes.put(node.entry.key(), node);
      embedding.ifPresent(made -> embeddings.add(node, made));
    }

    boolean isEmptyWithout(Node node) {
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

    /** Changed under the write lock. */
    volatile CacheEntry entry;

    final @Nullable Instant expiresAt;

    Node(NewEntry insertion, Instant now) {
      entry = insertion.entry();
      expiresAt = insertion.timeToLive().map(now::plus).orElse(null);
    }

    boolean livesAt(Instant now) {
      return expiresAt == null || now.isBefore(expiresAt);
    }
  }

  /** Builds an {@link InMemoryVectorStore}. Not safe for use by many threads. */
  public static final class Builder {
    private final EmbeddingSpace space;
    private int maxEntries = 10_000;
    private InstantSource time = InstantSource.system();

    private Builder(EmbeddingSpace space) {
      this.space = requireNonNull(space, "space");
    }

    /**
     * Sets how many entries to keep.
     *
     * @param maxEntries at least 1; 10,000 unless set
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
     * Sets the clock that times to live are measured with.
     *
     * @param time the clock; the system's unless set
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
