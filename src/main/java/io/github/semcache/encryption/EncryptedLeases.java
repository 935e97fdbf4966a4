package io.github.semcache.encryption;

import static java.util.Objects.requireNonNull;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The leases of an encrypted store. The keys of the leases are original keys; the other store
 * receives their stored names.
 */
final class EncryptedLeases implements LeaseStore {
  private final LeaseStore leases;
  private final EntryCipher cipher;

  EncryptedLeases(LeaseStore leases, EntryCipher cipher) {
    this.leases = leases;
    this.cipher = cipher;
  }

  @Override
  public Claim claim(
      String key, Set<String> dependencies, Optional<Instant> known, Duration duration) {
    EncryptedTerms terms = cipher.terms(dependencies);
    Claim claim =
        leases.claim(
            cipher.key(requireNonNull(key, "key")),
            terms.stored(),
            requireNonNull(known, "known"),
            duration);
    return new Claim(
        claim.entry().map(stored -> decrypt(stored, claim)),
        terms.originalKeys(claim.versions()),
        claim.lease().map(lease -> new Lease(key, lease.token(), lease.state())),
        claim.isHeld());
  }

  /** Decrypts the entry of a claim. Releases the lease if the entry cannot be read. */
  private CacheEntry decrypt(CacheEntry stored, Claim claim) {
    try {
      return cipher.decrypt(stored);
    } catch (StoreException e) {
      claim.lease().ifPresent(leases::release);
      throw e;
    }
  }

  @Override
  public boolean isHeld(String key) {
    return leases.isHeld(cipher.key(requireNonNull(key, "key")));
  }

  @Override
  public boolean put(NewEntry entry, Lease lease) {
    lease.check(entry);
    return leases.put(cipher.encrypt(entry), stored(lease));
  }

  @Override
  public void release(Lease lease) {
    leases.release(stored(lease));
  }

  private Lease stored(Lease lease) {
    return new Lease(cipher.key(lease.key()), lease.token(), lease.state());
  }
}
