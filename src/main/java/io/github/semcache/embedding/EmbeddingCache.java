package io.github.semcache.embedding;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.deadline.Deadline.ContextAware;
import io.github.semcache.deadline.Deadline.NonBlocking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An embedder that caches the embeddings of another one in the process, and optionally in a tier
 * that several processes share, such as {@code RedisVectorStore.embeddings()}. A semantic cache
 * needs an embedding for each prompt without an exact hit, and the same text is often embedded
 * again: in another scope, after its answer has expired, or if its answer may not be stored.
 *
 * <pre>{@code
 * Embedder cached = EmbeddingCache.of(embedder);
 * }</pre>
 *
 * <p>The cache is bounded by its number of embeddings, and drops the least recently used one. An
 * embedding has 4 bytes per dimension. Texts are identified by their SHA-256 hash; the cache and
 * the shared tier do not store them.
 *
 * <p>EmbeddingCache is thread-safe. A text that another thread is embedding is not embedded a
 * second time: the call waits for the embedding until the {@linkplain Deadline#current current
 * deadline}. If that thread fails because of its own deadline or an interrupt, the call embeds the
 * text itself.
 */
public final class EmbeddingCache implements Embedder, NonBlocking, ContextAware {
  private static final long SHARED_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Embedder embedder;
  private final EmbeddingSpace space;
  private final int maxEntries;
  private final Duration timeToLive;
  private final @Nullable Shared shared;
  private final LongSupplier ticker;
  private final EmbeddingCalls calls = new EmbeddingCalls();

  /** The embeddings by the hash of their text, least recently used first. Guarded by itself. */
  private final Map<String, Cached> entries = new LinkedHashMap<>(16, 0.75f, true);

  private final LongAdder hits = new LongAdder();
  private final LongAdder sharedHits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder sharedErrors = new LongAdder();

  /** The count of nanoseconds before which the shared tier is not called; null for no pause. */
  private volatile @Nullable Long pausedUntil;

  private EmbeddingCache(Builder builder, EmbeddingSpace space) {
    this.embedder = builder.embedder;
    this.space = space;
    this.maxEntries = builder.maxEntries;
    this.timeToLive = builder.timeToLive;
    this.shared = builder.shared;
    this.ticker = builder.ticker;
  }

  /**
   * Returns a cache of at most 10,000 embeddings in the process.
   *
   * @param embedder computes the embeddings that are not cached
   * @return an empty cache
   */
  public static EmbeddingCache of(Embedder embedder) {
    return builder(embedder).build();
  }

  /**
   * Returns a builder.
   *
   * @param embedder computes the embeddings that are not cached
   * @return a builder
   */
  public static Builder builder(Embedder embedder) {
    return new Builder(embedder);
  }

  /**
   * Returns the embeddings of texts. Calls the embedder at most once, with the distinct texts that
   * are neither cached nor being embedded by another thread, unless such a thread ends early.
   */
  @Override
  public List<Embedding> embed(List<String> texts) {
    Map<String, String> textsByKey = new LinkedHashMap<>();
    List<String> keys = new ArrayList<>();
    for (String text : texts) {
      String key = EmbeddingCalls.key(text);
      keys.add(key);
      textsByKey.put(key, text);
    }
    Map<String, Embedding> found = new HashMap<>();
    while (found.size() < textsByKey.size()) {
      findCached(textsByKey.keySet(), found);
      resolve(textsByKey, found);
    }
    return keys.stream().map(key -> requireNonNull(found.get(key), "embedding")).toList();
  }

  private void findCached(Set<String> keys, Map<String, Embedding> found) {
    long now = ticker.getAsLong();
    synchronized (entries) {
      for (String key : keys) {
        Cached cached = found.containsKey(key) ? null : entries.get(key);
        if (cached != null && now - cached.writtenAt() < timeToLive.toNanos()) {
          found.put(key, cached.embedding());
          hits.increment();
        }
      }
    }
  }

  /** Embeds the texts that this call leads, then waits for those that other calls lead. */
  private void resolve(Map<String, String> texts, Map<String, Embedding> found) {
    List<String> missing = texts.keySet().stream().filter(key -> !found.containsKey(key)).toList();
    try (EmbeddingCalls.Joined joined = calls.join(missing)) {
      if (!joined.led().isEmpty()) {
        lead(joined, texts, found);
      }
      found.putAll(joined.awaitFollowed());
    }
  }

  private void lead(
      EmbeddingCalls.Joined joined, Map<String, String> texts, Map<String, Embedding> found) {
    try {
      // Another call may have embedded a text between the lookup and the join.
      findCached(Set.copyOf(joined.led()), found);
      Map<String, Embedding> fromShared = findShared(missing(joined, found));
      fromShared.forEach(this::add);
      found.putAll(fromShared);
      joined.completeFound(found);
      List<String> keys = missing(joined, found);
      if (!keys.isEmpty()) {
        found.putAll(compute(keys, texts));
      }
      joined.complete(found);
    } catch (RuntimeException | Error e) {
      joined.fail(e);
      throw e;
    }
  }

  private static List<String> missing(EmbeddingCalls.Joined joined, Map<String, Embedding> found) {
    return joined.led().stream().filter(key -> !found.containsKey(key)).toList();
  }

  private Map<String, Embedding> compute(List<String> keys, Map<String, String> texts) {
    misses.add(keys.size());
    List<String> uncached =
        keys.stream().map(key -> requireNonNull(texts.get(key), "text")).toList();
    List<Embedding> embeddings = space.checkResult(embedder.embed(uncached), keys.size());
    Map<String, Embedding> computed = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      computed.put(keys.get(i), embeddings.get(i));
    }
    computed.forEach(this::add);
    putShared(computed);
    return computed;
  }

  private void add(String key, Embedding embedding) {
    synchronized (entries) {
      entries.put(key, new Cached(embedding, ticker.getAsLong()));
      if (entries.size() > maxEntries) {
        entries.remove(entries.keySet().iterator().next());
      }
    }
  }

  private Map<String, Embedding> findShared(Collection<String> keys) {
    Shared tier = availableTier();
    if (tier == null || keys.isEmpty()) {
      return Map.of();
    }
    try {
      Map<String, Embedding> found = new HashMap<>(tier.findAll(Set.copyOf(keys)));
      found.values().removeIf(embedding -> embedding.dimension() != space.dimension());
      found.keySet().retainAll(keys);
      sharedHits.add(found.size());
      return found;
    } catch (RuntimeException e) {
      onSharedFailure();
      return Map.of();
    }
  }

  private void putShared(Map<String, Embedding> computed) {
    Shared tier = availableTier();
    if (tier == null) {
      return;
    }
    try {
      tier.putAll(computed, timeToLive);
    } catch (RuntimeException e) {
      onSharedFailure();
    }
  }

  private @Nullable Shared availableTier() {
    Long until = pausedUntil;
    return until != null && until - ticker.getAsLong() > 0 ? null : shared;
  }

  private void onSharedFailure() {
    sharedErrors.increment();
    pausedUntil = ticker.getAsLong() + SHARED_PAUSE_NANOS;
  }

  /** Removes all embeddings from the process. Those in the shared tier remain. */
  public void clear() {
    synchronized (entries) {
      entries.clear();
    }
  }

  /**
   * Returns the counts since the cache was built.
   *
   * @return a snapshot
   */
  public Stats stats() {
    int size;
    synchronized (entries) {
      size = entries.size();
    }
    return new Stats(hits.sum(), sharedHits.sum(), misses.sum(), sharedErrors.sum(), size);
  }

  @Override
  public String modelId() {
    return embedder.modelId();
  }

  @Override
  public int dimension() {
    return embedder.dimension();
  }

  @Override
  public double coverage(String text) {
    return embedder.coverage(text);
  }

  @Override
  public OptionalDouble maxDistance() {
    return embedder.maxDistance();
  }

  /** Returns whether the embedder does not block, and there is no shared tier. */
  @Override
  public boolean isNonBlocking() {
    return shared == null && NonBlocking.test(embedder);
  }

  @Override
  public Runnable withContext(Runnable task) {
    return embedder instanceof ContextAware aware ? aware.withContext(task) : task;
  }

  private record Cached(Embedding embedding, long writtenAt) {}

  /**
   * The counts of an embedding cache. Immutable.
   *
   * @param hits the number of embeddings found in the process
   * @param sharedHits the number of embeddings found in the shared tier
   * @param misses the number of embeddings that the embedder had to compute
   * @param sharedErrors the number of failed calls of the shared tier
   * @param size the number of embeddings in the process, which may include expired ones
   */
  public record Stats(long hits, long sharedHits, long misses, long sharedErrors, int size) {}

  /**
   * A tier of embeddings that several processes share. The embeddings of a tier belong to one
   * {@link EmbeddingSpace}.
   *
   * <p>Implementations are thread-safe. {@link #findAll} and {@link #putAll} may block on the
   * network, and should end at the {@linkplain Deadline#current current deadline}. Their exceptions
   * are counted and not thrown, and the tier is not called in the following second.
   */
  public interface Shared {

    /**
     * Returns the vector space of the tier.
     *
     * @return the model and the dimension
     */
    EmbeddingSpace space();

    /**
     * Finds embeddings.
     *
     * @param keys the SHA-256 hashes of texts, in hexadecimal digits
     * @return the embeddings that were found, by key
     */
    Map<String, Embedding> findAll(Set<String> keys);

    /**
     * Stores embeddings.
     *
     * @param embeddings the embeddings by key
     * @param timeToLive the time after which they expire
     */
    void putAll(Map<String, Embedding> embeddings, Duration timeToLive);
  }

  /** Builds an {@link EmbeddingCache}. Not thread-safe. */
  public static final class Builder {
    private static final Duration MIN_TIME_TO_LIVE = Duration.ofMillis(1);
    private static final Duration MAX_TIME_TO_LIVE = Duration.ofDays(36_525);

    private final Embedder embedder;
    private int maxEntries = 10_000;
    private Duration timeToLive = Duration.ofDays(7);
    private @Nullable Shared shared;
    private LongSupplier ticker = System::nanoTime;

    private Builder(Embedder embedder) {
      this.embedder = requireNonNull(embedder, "embedder");
    }

    /**
     * Sets the maximum number of embeddings in the process.
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
     * Sets the time after which an embedding expires, in the process and in the shared tier. An
     * embedding found in the shared tier may therefore be used for twice that time.
     *
     * @param timeToLive the time, from 1 ms to 100 years; 7 days by default
     * @return this builder
     * @throws IllegalArgumentException if the time is out of range
     */
    public Builder timeToLive(Duration timeToLive) {
      requireNonNull(timeToLive, "timeToLive");
      if (timeToLive.compareTo(MIN_TIME_TO_LIVE) < 0
          || timeToLive.compareTo(MAX_TIME_TO_LIVE) > 0) {
        throw new IllegalArgumentException(
            "timeToLive is " + timeToLive + "; it must be between 1 ms and 36525 days");
      }
      this.timeToLive = timeToLive;
      return this;
    }

    /**
     * Adds a tier that several processes share. Texts that are not cached in the process are looked
     * up there before the embedder is called.
     *
     * @param shared the tier, which the cache does not close; none by default
     * @return this builder
     */
    public Builder shared(Shared shared) {
      this.shared = requireNonNull(shared, "shared");
      return this;
    }

    /**
     * Sets the clock of the time to live, for tests.
     *
     * @param nanos a count of nanoseconds from any origin; {@link System#nanoTime} by default
     * @return this builder
     */
    public Builder ticker(LongSupplier nanos) {
      this.ticker = requireNonNull(nanos, "nanos");
      return this;
    }

    /**
     * Builds the cache.
     *
     * @return an empty cache
     * @throws IllegalArgumentException if the shared tier has another vector space than the
     *     embedder
     */
    public EmbeddingCache build() {
      EmbeddingSpace space = EmbeddingSpace.of(embedder);
      if (shared != null && !shared.space().equals(space)) {
        throw new IllegalArgumentException(
            "shared holds embeddings of "
                + shared.space()
                + "; the embedder returns those of "
                + space);
      }
      return new EmbeddingCache(this, space);
    }
  }
}
