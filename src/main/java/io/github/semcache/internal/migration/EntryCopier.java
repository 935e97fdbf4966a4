package io.github.semcache.internal.migration;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.entry.Curation;
import io.github.semcache.internal.entry.DependencyStamp;
import io.github.semcache.internal.learning.WrongReports;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Copies entries from an old store to a new one, with their remaining time to live, attributes, and
 * terms. A copy does not replace a newer entry, and replaces a curated one only if it is curated.
 *
 * <p>Changes that are made in both stores, in the old one first, reach the copy. It is written as
 * {@linkplain CopyMark pending}, then the original is read again, and only then is the copy
 * confirmed. If the original was removed before it was read again, the copy is never served. If it
 * is removed afterwards, the copy exists already and is removed after it.
 *
 * <p>Thread-safe if the stores are. All methods block on the stores.
 */
public final class EntryCopier {
  /** The time for one write. A late write is rejected if another one was made in the meantime. */
  private static final Duration LEASE = Duration.ofSeconds(5);

  /** The number of attempts to copy an entry whose expiry is being changed. */
  private static final int MAX_WRITES = 3;

  /** The difference of two expiry times that were computed from the same expiry. */
  private static final Duration EXPIRY_TOLERANCE = Duration.ofSeconds(1);

  private final VectorStore from;
  private final Listable listing;
  private final VectorStore to;
  private final LeaseStore leases;
  private final InstantSource time;

  /**
   * Creates a copier.
   *
   * @param from the old store
   * @param listing the old store, as a store that can list its entries
   * @param to the new store
   * @param time the clock of the expiry of entries
   */
  public EntryCopier(VectorStore from, Listable listing, VectorStore to, InstantSource time) {
    this.from = from;
    this.listing = listing;
    this.to = to;
    this.leases = to.leases().orElseGet(() -> new LeaseStore.Local(to));
    this.time = time;
  }

  /** What was done, or has to be done, with an entry of the old store. */
  public enum Outcome {
    /** The entry has to be copied. */
    MISSING,
    /** The entry was copied. */
    COPIED,
    /** The new store has an entry that the copy must not replace, or one is being computed. */
    PRESENT,
    /** The entry was removed or has expired, or one of its dependencies has changed. */
    OUTDATED,
    /**
     * The entry cannot be copied: its terms or its prompt are not known, which are encrypted for
     * example, or an entry is corrupt.
     */
    FAILED
  }

  /**
   * Returns the entries of the old store with given keys.
   *
   * @param keys the keys
   * @return the live entries
   */
  public List<ListedEntry> originals(Set<String> keys) {
    return listing.entries(keys);
  }

  /**
   * Returns whether an entry has to be copied. Does not use the stores.
   *
   * @param original the entry of the old store
   * @param existing the entry of the new store with the same key; empty if there is none
   * @return {@link Outcome#MISSING} if it has to be copied
   */
  public Outcome check(ListedEntry original, Optional<CacheEntry> existing) {
    if (!isMissing(original.entry(), existing)) {
      return Outcome.PRESENT;
    }
    if (original.terms().isEmpty() || original.entry().prompt().isBlank()) {
      return Outcome.FAILED;
    }
    return hasTimeLeft(original) ? Outcome.MISSING : Outcome.OUTDATED;
  }

  private static boolean isMissing(CacheEntry original, Optional<CacheEntry> existing) {
    return existing
        .filter(entry -> !CopyMark.isPending(entry))
        .filter(
            entry -> !entry.createdAt().isBefore(original.createdAt()) || isKept(entry, original))
        .isEmpty();
  }

  /** Returns whether an entry must not be replaced, because only that entry is curated. */
  private static boolean isKept(CacheEntry existing, CacheEntry original) {
    return Curation.isCurated(existing) && !Curation.isCurated(original);
  }

  /**
   * Adds the reports of wrong answers of an entry to its copy.
   *
   * @param original the entry of the old store
   * @param copy the entry of the new store with the same key
   * @throws StoreException if the new store fails
   */
  public void addReports(CacheEntry original, CacheEntry copy) {
    if (CopyMark.isConfirmed(copy)
        && copy.createdAt().equals(original.createdAt())
        && !WrongReports.withReportsOf(copy, original).equals(copy)) {
      Optional<CacheEntry> unused =
          to.updateAttributes(copy.key(), current -> WrongReports.withReportsOf(current, original));
    }
  }

  private boolean hasTimeLeft(ListedEntry original) {
    return original
        .expiresAt()
        .filter(end -> Duration.between(time.instant(), end).toMillis() < 1)
        .isEmpty();
  }

  /**
   * Returns the entries whose dependencies have changed since they were written. Takes one call of
   * the old store if any of them has dependencies.
   *
   * @param originals entries of the old store
   * @return the keys of the entries that would not be served
   * @throws StoreException if the old store fails
   */
  public Set<String> invalidated(List<ListedEntry> originals) {
    Map<ListedEntry, Set<String>> dependencies = new HashMap<>();
    for (ListedEntry original : originals) {
      DependencyStamp.dependenciesOf(original.entry(), original.terms().orElse(Set.of()))
          .filter(terms -> !terms.isEmpty())
          .ifPresent(terms -> dependencies.put(original, terms));
    }
    Map<String, String> versions =
        versions(
            from, dependencies.values().stream().flatMap(Set::stream).collect(Collectors.toSet()));
    Set<String> keys = new HashSet<>();
    dependencies.forEach(
        (original, terms) -> {
          Map<String, String> own = new HashMap<>(versions);
          own.keySet().retainAll(terms);
          if (!DependencyStamp.matches(original.entry(), stamp(own))) {
            keys.add(original.entry().key());
          }
        });
    return keys;
  }

  /**
   * Copies an entry that {@linkplain #check has to be copied}.
   *
   * @param original the entry of the old store
   * @param existing the entry of the new store with the same key; empty if there is none
   * @param embedding the embedding of its prompt in the new vector space; empty if it has none
   * @return what was done
   * @throws StoreException if a store fails; the copy may have been written, but is not served
   */
  public Outcome copy(
      ListedEntry original, Optional<CacheEntry> existing, Optional<Embedding> embedding) {
    try {
      return new Copy(original, existing, embedding).run();
    } catch (StoreException.CorruptEntry e) {
      return Outcome.FAILED;
    }
  }

  /**
   * Removes copies whose originals do not exist any more.
   *
   * @param copies entries of the new store
   * @return the number of removed entries
   */
  public long removeOrphans(List<CacheEntry> copies) {
    Map<String, CacheEntry> confirmed = new HashMap<>();
    copies.stream()
        .filter(CopyMark::isConfirmed)
        .forEach(entry -> confirmed.put(entry.key(), entry));
    if (confirmed.isEmpty()) {
      return 0;
    }
    from.findAll(confirmed.keySet()).entries().keySet().forEach(confirmed::remove);
    return confirmed.values().stream().mapToLong(this::removeIfUnchanged).sum();
  }

  private long removeIfUnchanged(CacheEntry copy) {
    boolean isUnchanged =
        to.find(copy.key())
            .filter(entry -> entry.createdAt().equals(copy.createdAt()))
            .filter(CopyMark::isConfirmed)
            .isPresent();
    return isUnchanged ? to.remove(new EntrySelector.ByKey(copy.key())) : 0;
  }

  /** The copy of one entry. */
  private final class Copy {
    private final ListedEntry original;
    private final Optional<Instant> known;
    private final Optional<Embedding> embedding;
    private final String key;
    private final String token = CopyMark.newToken();

    Copy(ListedEntry original, Optional<CacheEntry> existing, Optional<Embedding> embedding) {
      this.original = original;
      this.known = existing.map(CacheEntry::createdAt);
      this.embedding = embedding;
      this.key = original.entry().key();
    }

    Outcome run() {
      Set<String> terms = original.terms().orElse(Set.of());
      Optional<Set<String>> dependencies = DependencyStamp.dependenciesOf(original.entry(), terms);
      if (original.terms().isEmpty() || dependencies.isEmpty()) {
        return Outcome.FAILED;
      }
      // Read in this order: dependencies are renewed in the old store first. If the old version is
      // still current, so is the new version that was read before.
      Map<String, String> versions = versions(to, dependencies.get());
      Map<String, String> before = versions(from, dependencies.get());
      if (!DependencyStamp.matches(original.entry(), stamp(before)) || !hasTimeLeft(original)) {
        return Outcome.OUTDATED;
      }
      Set<String> copyTerms = new HashSet<>(DependencyStamp.withVersions(terms, before, versions));
      copyTerms.addAll(CopyMark.termsOf(original.entry()));
      return write(
          new NewEntry(
              CopyMark.pending(
                  DependencyStamp.withVersions(original.entry(), stamp(versions)), token),
              embedding,
              timeToLive(original.expiresAt()),
              copyTerms),
          stamp(versions));
    }

    /**
     * Writes the copy and confirms it. If the expiry of the original was changed in the meantime,
     * the copy is written again: to change the expiry of the copy could change that of an answer
     * that has replaced it.
     */
    private Outcome write(NewEntry copy, String versions) {
      NewEntry next = copy;
      Optional<Instant> expiresAt = original.expiresAt();
      Optional<Instant> replaced = known;
      for (int i = 0; i < MAX_WRITES; i++) {
        if (!write(next, replaced)) {
          return Outcome.PRESENT;
        }
        Optional<ListedEntry> current = current();
        if (current.isEmpty() || !hasTimeLeft(current.get())) {
          removePending();
          return Outcome.OUTDATED;
        }
        if (isSameExpiry(expiresAt, current.get().expiresAt())) {
          return confirm(DependencyStamp.withVersions(current.get().entry(), versions));
        }
        expiresAt = current.get().expiresAt();
        replaced = Optional.of(copy.entry().createdAt());
        next = new NewEntry(copy.entry(), embedding, timeToLive(expiresAt), copy.terms());
      }
      removePending();
      return Outcome.PRESENT; // The expiry changes all the time, so the next attempt copies it.
    }

    private boolean write(NewEntry copy, Optional<Instant> replaced) {
      Optional<LeaseStore.Lease> lease = leases.claim(key, Set.of(), replaced, LEASE).lease();
      return lease.isPresent() && leases.put(copy, lease.get());
    }

    /** Returns the original if it still exists. */
    private Optional<ListedEntry> current() {
      return originals(Set.of(key)).stream()
          .filter(listed -> listed.entry().createdAt().equals(original.entry().createdAt()))
          .findFirst();
    }

    private Outcome confirm(CacheEntry latest) {
      return to.updateAttributes(key, copy -> confirmed(copy, latest)).isPresent()
          ? Outcome.COPIED
          : Outcome.OUTDATED;
    }

    /** Returns the confirmed copy with the latest attributes, unless it was replaced. */
    private CacheEntry confirmed(CacheEntry copy, CacheEntry latest) {
      return CopyMark.isPending(copy, token)
          ? CopyMark.confirmed(
              copy.attributes(WrongReports.withReportsOf(latest, copy).attributes()))
          : copy;
    }

    /** Removes the pending copy, unless it was replaced. */
    private void removePending() {
      if (to.find(key).filter(entry -> CopyMark.isPending(entry, token)).isPresent()) {
        long unused = to.remove(new EntrySelector.ByKey(key));
      }
    }
  }

  private static Map<String, String> versions(VectorStore store, Set<String> dependencies) {
    return dependencies.isEmpty() ? Map.of() : store.versions(dependencies);
  }

  private static String stamp(Map<String, String> versions) {
    return versions.isEmpty() ? "" : DependencyStamp.of(versions);
  }

  private static boolean isSameExpiry(Optional<Instant> one, Optional<Instant> other) {
    return one.isPresent() == other.isPresent()
        && (one.isEmpty()
            || Duration.between(one.get(), other.get()).abs().compareTo(EXPIRY_TOLERANCE) <= 0);
  }

  /** Returns the remaining time to live, at least a millisecond. */
  private Optional<Duration> timeToLive(Optional<Instant> expiresAt) {
    return expiresAt
        .map(end -> Duration.between(time.instant(), end))
        .map(left -> left.toMillis() < 1 ? Prompt.MIN_TIME_TO_LIVE : left)
        .map(left -> left.compareTo(Prompt.MAX_TIME_TO_LIVE) > 0 ? Prompt.MAX_TIME_TO_LIVE : left);
  }
}
