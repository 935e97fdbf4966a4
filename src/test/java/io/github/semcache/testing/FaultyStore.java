package io.github.semcache.testing;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A store in front of another that fails where it is told to, and remembers what it was asked. */
public final class FaultyStore implements VectorStore {
  /** The calls of a store. */
  public enum Call {
    FIND,
    NEAREST,
    PUT,
    REMOVE,
    UPDATE
  }

  private final VectorStore store;
  private final Set<Call> failing = ConcurrentHashMap.newKeySet();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final List<NewEntry> insertions = new CopyOnWriteArrayList<>();
  private volatile UnaryOperator<Optional<CacheEntry>> onFind = found -> found;
  private volatile UnaryOperator<NearestEntries> onNearest = found -> found;
  private volatile UnaryOperator<Integer> onPut = evicted -> evicted;
  private volatile CountDownLatch beforePut = new CountDownLatch(0);
  private volatile Runnable beforeUpdate = () -> {};
  private volatile boolean closed;

  public FaultyStore(VectorStore store) {
    this.store = store;
  }

  public void fail(Call... calls) {
    failing.addAll(List.of(calls));
  }

  public void recover() {
    failing.clear();
  }

  /** Runs an action before each {@link #updateAttributes}. */
  public void beforeUpdate(Runnable action) {
    beforeUpdate = action;
  }

  /** Falsifies what {@link #find} returns. */
  public void onFind(UnaryOperator<Optional<CacheEntry>> change) {
    onFind = change;
  }

  /** Falsifies what {@link #nearest} returns. */
  public void onNearest(UnaryOperator<NearestEntries> change) {
    onNearest = change;
  }

  /** Falsifies what {@link #put} returns. */
  public void onPut(UnaryOperator<Integer> change) {
    onPut = change;
  }

  /** Lets writes wait. */
  public void beforePut(CountDownLatch latch) {
    beforePut = latch;
  }

  public List<Call> calls() {
    return List.copyOf(calls);
  }

  /** How many calls failed as they were told to. */
  public int failures() {
    return failures.get();
  }

  public List<NewEntry> insertions() {
    return List.copyOf(insertions);
  }

  public boolean isClosed() {
    return closed;
  }

  private void record(Call call) {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
    calls.add(call);
    if (failing.contains(call)) {
      failures.incrementAndGet();
      throw new StoreException("told to fail on " + call);
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
  public int put(List<NewEntry> insertions) {
    record(Call.PUT);
    await(beforePut);
    this.insertions.addAll(insertions);
    return onPut.apply(store.put(insertions));
  }

  @Override
  public Optional<CacheEntry> updateAttributes(String key, UnaryOperator<CacheEntry> change) {
    record(Call.UPDATE);
    beforeUpdate.run();
    return store.updateAttributes(key, change);
  }

  @Override
  public long remove(EntrySelector selection) {
    record(Call.REMOVE);
    return store.remove(selection);
  }

  @Override
  public void close() {
    closed = true;
    store.close();
  }
}
