package io.github.semcache.testing;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Delegates to another store, records the calls, and fails or falsifies results on request.
 * Thread-safe.
 */
public class FaultyStore implements VectorStore {
  /** The methods of a store. */
  public enum Call {
    FIND,
    NEAREST,
    PUT,
    REMOVE,
    UPDATE,
    COUNT,
    VERSIONS,
    RENEW,
    CLAIM,
    RELEASE,
    LIST
  }

  private final VectorStore store;
  private final Set<Call> failing = ConcurrentHashMap.newKeySet();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final List<String> batches = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final List<NewEntry> written = new CopyOnWriteArrayList<>();
  private volatile UnaryOperator<Optional<CacheEntry>> onFind = found -> found;
  private volatile UnaryOperator<NearestEntries> onNearest = found -> found;
  private volatile UnaryOperator<Integer> onPut = evicted -> evicted;
  private volatile CountDownLatch beforePut = new CountDownLatch(0);
  private volatile Consumer<Call> before = call -> {};
  private volatile Runnable beforeUpdate = () -> {};
  private volatile boolean closed;
  private Optional<LeaseStore> leases = Optional.empty();

  public FaultyStore(VectorStore store) {
    this.store = store;
  }

  /** Grants the leases of the other store. By default, this store grants none. */
  public FaultyStore withLeases() {
    leases = store.leases().map(FaultyLeases::new);
    return this;
  }

  @Override
  public Optional<LeaseStore> leases() {
    return leases;
  }

  private final class FaultyLeases implements LeaseStore {
    private final LeaseStore delegate;

    FaultyLeases(LeaseStore delegate) {
      this.delegate = delegate;
    }

    @Override
    public Claim claim(
        String key, Set<String> dependencies, Optional<Instant> known, Duration duration) {
      record(Call.CLAIM);
      return delegate.claim(key, dependencies, known, duration);
    }

    @Override
    public boolean isHeld(String key) {
      record(Call.CLAIM);
      return delegate.isHeld(key);
    }

    @Override
    public boolean put(NewEntry entry, Lease lease) {
      record(Call.PUT);
      return delegate.put(entry, lease);
    }

    @Override
    public void release(Lease lease) {
      record(Call.RELEASE);
      delegate.release(lease);
    }
  }

  /** Makes calls of the given methods fail until {@link #recover}. */
  public void fail(Call... calls) {
    failing.addAll(List.of(calls));
  }

  public void recover() {
    failing.clear();
  }

  /** Replaces the results of {@link #find}. */
  public void onFind(UnaryOperator<Optional<CacheEntry>> change) {
    onFind = change;
  }

  /** Replaces the results of {@link #nearest}. */
  public void onNearest(UnaryOperator<NearestEntries> change) {
    onNearest = change;
  }

  /** Replaces the results of {@link #put}. */
  public void onPut(UnaryOperator<Integer> change) {
    onPut = change;
  }

  /** Runs an action, which may block or throw, before each call. */
  public void before(Consumer<Call> action) {
    before = action;
  }

  /** Makes writes wait for a latch. */
  public void beforePut(CountDownLatch latch) {
    beforePut = latch;
  }

  /** Runs an action before each {@link #updateEntry}. */
  public void beforeUpdate(Runnable action) {
    beforeUpdate = action;
  }

  /** Returns all calls, failed ones included, in order. */
  public List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Returns the number of calls of a kind, failed ones included. */
  public long calls(Call kind) {
    return calls.stream().filter(kind::equals).count();
  }

  /** Returns the lookups and searches for several entries with their sizes, in order. */
  public List<String> batches() {
    return List.copyOf(batches);
  }

  /** Returns the number of calls that failed because of {@link #fail}. */
  public int failures() {
    return failures.get();
  }

  /** Returns the entries that were passed to {@link #put}, in order. */
  public List<NewEntry> written() {
    return List.copyOf(written);
  }

  public boolean isClosed() {
    return closed;
  }

  private void record(Call call) {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
    calls.add(call);
    before.accept(call);
    if (failing.contains(call)) {
      failures.incrementAndGet();
      throw new StoreException("FaultyStore was configured to fail on " + call);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new StoreException("interrupted", e);
    }
  }

  @Override
  public EmbeddingSpace space() {
    return store.space();
  }

  @Override
  public Optional<CacheEntry> find(String key) {
    record(Call.FIND);
    return onFind.apply(store.find(key));
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    record(Call.NEAREST);
    return onNearest.apply(store.nearest(query));
  }

  @Override
  public FoundEntries findAll(Set<String> keys) {
    record(Call.FIND);
    batches.add("findAll " + keys.size());
    return store.findAll(keys);
  }

  @Override
  public List<NearestEntries> nearestAll(List<NearestQuery> queries) {
    record(Call.NEAREST);
    batches.add("nearestAll " + queries.size());
    return store.nearestAll(queries).stream().map(onNearest).toList();
  }

  @Override
  public int put(List<NewEntry> entries) {
    record(Call.PUT);
    await(beforePut);
    written.addAll(entries);
    return onPut.apply(store.put(entries));
  }

  @Override
  public OptionalInt putIfUnchanged(NewEntry entry, Optional<Instant> known) {
    record(Call.PUT);
    await(beforePut);
    OptionalInt evicted = store.putIfUnchanged(entry, known);
    if (evicted.isEmpty()) {
      return evicted;
    }
    written.add(entry);
    return OptionalInt.of(onPut.apply(evicted.getAsInt()));
  }

  @Override
  public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
    record(Call.UPDATE);
    beforeUpdate.run();
    return store.updateEntry(key, change);
  }

  @Override
  public boolean expire(String key, Optional<Duration> timeToLive) {
    record(Call.UPDATE);
    return store.expire(key, timeToLive);
  }

  @Override
  public long remove(EntrySelector selector) {
    record(Call.REMOVE);
    return store.remove(selector);
  }

  @Override
  public long count(EntrySelector selector) {
    record(Call.COUNT);
    return store.count(selector);
  }

  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    record(Call.VERSIONS);
    return store.versions(dependencies);
  }

  @Override
  public void renewVersion(String dependency) {
    record(Call.RENEW);
    store.renewVersion(dependency);
  }

  /** A store that can also list its entries. */
  public static final class OfListable extends FaultyStore implements VectorStore.Listable {
    private final VectorStore.Listable listing;

    public <S extends VectorStore & VectorStore.Listable> OfListable(S store) {
      super(store);
      this.listing = store;
    }

    @Override
    public Stream<ListedEntry> entries() {
      super.record(Call.LIST);
      return listing.entries();
    }

    @Override
    public List<ListedEntry> entries(Set<String> keys) {
      super.record(Call.LIST);
      return listing.entries(keys);
    }
  }

  @Override
  public void close() {
    closed = true;
    store.close();
  }
}
