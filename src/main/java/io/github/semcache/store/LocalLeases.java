package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.store.VectorStore.VersionedEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The leases of a store that is used by one process. Every {@link VectorStore#put} of the store
 * must call {@link #supersede} before it writes.
 *
 * <p>At most 10,000 leases are stored, including expired ones, whose holders may still write. If
 * there are more, the oldest lease ends.
 *
 * <p>Thread-safe. Writes under leases run one at a time.
 */
public final class LocalLeases implements LeaseStore {
  private static final int MAX_LEASES = 10_000;

  private final VectorStore store;
  private final LongSupplier ticker;

  /** A lock and not a monitor, which would pin virtual threads while the store blocks. */
  private final ReentrantLock lock = new ReentrantLock();

  /** The latest lease of each key, oldest first. Guarded by the lock. */
  private final Map<String, Granted> latest = new LinkedHashMap<>();

  private long granted;

  /** A lease and the time of its expiry in nanoseconds. */
  private record Granted(Lease lease, long expiresNanos) {}

  /**
   * Creates the leases of a store.
   *
   * @param store the store
   */
  public LocalLeases(VectorStore store) {
    this(store, System::nanoTime);
  }

  /**
   * Creates the leases of a store.
   *
   * @param store the store
   * @param ticker a count of nanoseconds, which measures the leases
   */
  public LocalLeases(VectorStore store, LongSupplier ticker) {
    this.store = requireNonNull(store, "store");
    this.ticker = requireNonNull(ticker, "ticker");
  }

  @Override
  public Claim claim(
      String key, Set<String> dependencies, Optional<Instant> known, Duration duration) {
    LeaseStore.checkDuration(duration);
    return locked(
        () -> {
          VersionedEntry found = store.findWithVersions(key, dependencies);
          boolean isKnown = found.entry().map(CacheEntry::createdAt).equals(known);
          boolean isHeld = hasUnexpired(key);
          return new Claim(
              found.entry(),
              found.versions(),
              isKnown && !isHeld ? Optional.of(grant(key, duration)) : Optional.empty(),
              isKnown && isHeld);
        });
  }

  private Lease grant(String key, Duration duration) {
    Lease lease = new Lease(key, Long.toString(++granted), "");
    latest.remove(key);
    latest.put(
        key, new Granted(lease, ticker.getAsLong() + TimeUnit.NANOSECONDS.convert(duration)));
    Iterator<Granted> oldest = latest.values().iterator();
    while (latest.size() > MAX_LEASES) {
      oldest.next();
      oldest.remove();
    }
    return lease;
  }

  private boolean hasUnexpired(String key) {
    Granted last = latest.get(key);
    return last != null && ticker.getAsLong() - last.expiresNanos() < 0;
  }

  @Override
  public boolean isHeld(String key) {
    requireNonNull(key, "key");
    return locked(() -> hasUnexpired(key));
  }

  @Override
  public boolean put(NewEntry entry, Lease lease) {
    lease.check(entry);
    return locked(
        () -> {
          if (!isLatest(lease)) {
            return false;
          }
          int unused = store.put(List.of(entry));
          latest.remove(lease.key());
          return true;
        });
  }

  @Override
  public void release(Lease lease) {
    boolean unused = locked(() -> isLatest(lease) && latest.remove(lease.key()) != null);
  }

  /** Returns whether a lease is the latest of its key and has not ended. It may have expired. */
  private boolean isLatest(Lease lease) {
    Granted last = latest.get(lease.key());
    return last != null && last.lease().equals(lease);
  }

  /**
   * Ends the leases of entries that are about to be written. Blocks while an entry is written under
   * a lease.
   *
   * @param entries the entries
   */
  public void supersede(List<NewEntry> entries) {
    boolean unused =
        locked(
            () -> {
              entries.forEach(entry -> latest.remove(entry.entry().key()));
              return true;
            });
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
