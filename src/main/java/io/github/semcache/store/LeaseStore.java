package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.VectorStore.NewEntry;
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
 * Grants leases on the keys of a store. The holder of a lease computes the answer to a prompt;
 * others wait for it. A lease ends when its holder writes the answer or releases it, and at the
 * latest after its duration. It is a hint that saves duplicate work, and does not protect the
 * entry: {@link VectorStore#put} needs no lease.
 *
 * <p>Each lease has a token. A write under a lease is rejected if the entry has been written by
 * someone else since the lease was granted, so a late write does not replace a newer answer.
 *
 * <p>Implementations are thread-safe. All methods may block on disk or network.
 */
public interface LeaseStore {

  /**
   * Finds an entry and the current versions of dependencies, and tries to acquire the lease of the
   * key, atomically with finding the entry. A store that is reached over a network does this in one
   * round trip.
   *
   * <p>The lease is granted if no one holds it and the entry is the known one: the store has no
   * entry and {@code known} is empty, or the entry was created at that time.
   *
   * @param key the {@linkplain io.github.semcache.prompt.Query#key key} of a query
   * @param dependencies the {@linkplain io.github.semcache.prompt.Scope#dependencyTerm terms} of
   *     the dependencies; may be empty
   * @param known the creation time of the entry that the caller has found and replaces; empty if it
   *     has found none
   * @param duration the time after which the lease ends if it is not released; from 1 ms to 100
   *     years
   * @return the entry, the versions, and the lease if it was granted
   * @throws IllegalArgumentException if the duration is out of range
   * @throws StoreException.CorruptEntry if the entry exists but cannot be read; no lease is granted
   * @throws StoreException if the store fails
   */
  Claim claim(String key, Set<String> dependencies, Optional<Instant> known, Duration duration);

  /**
   * Returns whether someone holds the lease of a key.
   *
   * @param key the key
   * @return true if a lease was granted that has neither ended nor expired
   * @throws StoreException if the store fails
   */
  boolean isHeld(String key);

  /**
   * Writes an entry and ends the lease, atomically, unless the entry was written or another lease
   * of the key was granted since this one was granted.
   *
   * @param entry the entry, whose key is that of the lease
   * @param lease a lease, which may have expired
   * @return false if the entry was not written because a newer one exists or is being computed
   * @throws IllegalArgumentException if the lease is of another key, or if the embedding does not
   *     have the store's dimension
   * @throws StoreException if the store fails
   */
  boolean put(NewEntry entry, Lease lease);

  /**
   * Ends a lease without writing an entry. Has no effect if the lease has ended or expired.
   *
   * @param lease the lease
   * @throws StoreException if the store fails; the lease then ends when it expires
   */
  void release(Lease lease);

  /**
   * Checks the duration of a lease. For implementations.
   *
   * @param duration the duration
   * @return the duration
   * @throws IllegalArgumentException if it is less than 1 ms or more than 100 years
   */
  static Duration checkDuration(Duration duration) {
    try {
      return Prompt.checkTimeToLive(duration);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "duration of a lease is " + duration + "; it must be from 1 ms to 100 years", e);
    }
  }

  /**
   * A granted lease.
   *
   * @param key the key
   * @param token identifies the lease; no other lease of the key has it
   * @param state describes the entry when the lease was granted; its format is that of the store
   */
  record Lease(String key, String token, String state) {
    /** Checks the components. */
    public Lease {
      requireNonNull(key, "key");
      requireNonNull(token, "token");
      requireNonNull(state, "state");
    }

    /**
     * Checks that an entry has the key of this lease. For implementations.
     *
     * @param entry the entry
     * @throws IllegalArgumentException if it has another key
     */
    public void check(NewEntry entry) {
      if (!entry.entry().key().equals(key)) {
        throw new IllegalArgumentException(
            "key of the entry is "
                + entry.entry().key()
                + "; it must be that of the lease: "
                + key);
      }
    }
  }

  /**
   * The result of {@link #claim}.
   *
   * @param entry the live entry, or empty
   * @param versions the version of each dependency
   * @param lease the lease; empty if it was not granted
   * @param isHeld whether the lease was not granted because someone else holds it. If it was
   *     neither granted nor held, the entry is not the known one, or the store cannot grant leases
   *     at the moment
   */
  record Claim(
      Optional<CacheEntry> entry,
      Map<String, String> versions,
      Optional<Lease> lease,
      boolean isHeld) {
    /** Copies the map. */
    public Claim {
      requireNonNull(entry, "entry");
      versions = Map.copyOf(versions);
      requireNonNull(lease, "lease");
    }
  }

  /**
   * The leases of a store that is used by one process. A write under a lease is rejected if the
   * entry has another creation time than when the lease was granted. Every {@link VectorStore#put}
   * of the store should call {@link #supersede} before it writes, so that an entry with the same
   * creation time is recognized too.
   *
   * <p>At most 10,000 leases are stored, including expired ones, whose holders may still write. If
   * there are more, the oldest lease ends.
   *
   * <p>Thread-safe. Writes under leases run one at a time.
   */
  final class Local implements LeaseStore {
    private static final int MAX_LEASES = 10_000;

    private final VectorStore store;
    private final LongSupplier ticker;

    /** A lock and not a monitor, which would pin virtual threads while the store blocks. */
    private final ReentrantLock lock = new ReentrantLock();

    /** The latest lease of each key, oldest first. Guarded by the lock. */
    private final Map<String, Granted> latest = new LinkedHashMap<>();

    private long granted;

    /** A lease, the creation time of the entry, and the time of its expiry in nanoseconds. */
    private record Granted(Lease lease, Optional<Instant> known, long expiresNanos) {}

    /**
     * Creates the leases of a store.
     *
     * @param store the store
     */
    public Local(VectorStore store) {
      this(store, System::nanoTime);
    }

    /**
     * Creates the leases of a store.
     *
     * @param store the store
     * @param ticker a count of nanoseconds, which measures the leases
     */
    public Local(VectorStore store, LongSupplier ticker) {
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
                isKnown && !isHeld ? Optional.of(grant(key, known, duration)) : Optional.empty(),
                isKnown && isHeld);
          });
    }

    private Lease grant(String key, Optional<Instant> known, Duration duration) {
      Lease lease = new Lease(key, Long.toString(++granted), "");
      latest.remove(key);
      long expires = ticker.getAsLong() + TimeUnit.NANOSECONDS.convert(duration);
      latest.put(key, new Granted(lease, known, expires));
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
            Optional<Granted> own = findLatest(lease);
            if (own.isEmpty()) {
              return false;
            }
            boolean isWritten = store.putIfUnchanged(entry, own.get().known()).isPresent();
            latest.remove(lease.key());
            return isWritten;
          });
    }

    @Override
    public void release(Lease lease) {
      boolean unused =
          locked(() -> findLatest(lease).isPresent() && latest.remove(lease.key()) != null);
    }

    /** Returns a lease if it is the latest of its key and has not ended. It may have expired. */
    private Optional<Granted> findLatest(Lease lease) {
      return Optional.ofNullable(latest.get(lease.key()))
          .filter(last -> last.lease().equals(lease));
    }

    /**
     * Ends the leases of entries that are about to be written. Blocks while an entry is written
     * under a lease.
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
}
