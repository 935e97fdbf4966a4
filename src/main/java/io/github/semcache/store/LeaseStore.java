package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
}
