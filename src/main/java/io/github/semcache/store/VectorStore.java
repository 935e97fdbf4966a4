package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Stores the entries of one cache and finds them by key and by nearest-neighbor search. All
 * embeddings of a store belong to one {@link EmbeddingSpace}.
 *
 * <p>Implementations are thread-safe. Every method except {@link #space} may block on disk or
 * network. A written entry is visible to the next lookup of the same store instance. An expired
 * entry is never returned.
 */
public interface VectorStore extends AutoCloseable {

  /**
   * Returns the vector space of this store. Does not block.
   *
   * @return the model and the dimension
   */
  EmbeddingSpace space();

  /**
   * Finds an entry by its key.
   *
   * @param key the {@linkplain io.github.semcache.prompt.Query#key key} of a query
   * @return the live entry with that key, or empty
   * @throws StoreException.CorruptEntry if the entry exists but cannot be read
   * @throws StoreException if the store fails
   */
  Optional<CacheEntry> find(String key);

  /**
   * Returns the current versions of dependencies. A store that is reached over a network should
   * combine this with {@link #find}; see {@link #findWithVersions}.
   *
   * @param dependencies the {@linkplain io.github.semcache.prompt.Scope#dependencyTerm terms} of
   *     the dependencies; may be empty
   * @return the version of each dependency: a token that changes when the dependency is {@linkplain
   *     #renewVersion renewed}. A store that loses a version returns a new token
   * @throws StoreException if the store fails
   */
  Map<String, String> versions(Set<String> dependencies);

  /**
   * Finds an entry by its key, and the current versions of dependencies, in one round trip.
   *
   * @param key the key of the entry
   * @param dependencies the terms of the dependencies; not empty
   * @return the entry and the versions. By default, the results of {@link #versions} and {@link
   *     #find}
   * @throws StoreException.CorruptEntry if the entry exists but cannot be read
   * @throws StoreException if the store fails
   */
  default VersionedEntry findWithVersions(String key, Set<String> dependencies) {
    Map<String, String> versions = versions(dependencies);
    return new VersionedEntry(find(key), versions);
  }

  /**
   * Finds an entry and the current versions of dependencies in the memory of this process. Does not
   * block. A store that has a near cache in front of a server overrides this method.
   *
   * @param key the key of the entry
   * @param dependencies the terms of the dependencies; may be empty
   * @return the entry and the versions if all of them are in memory, and otherwise empty; by
   *     default, always empty. Another process may have changed or removed the entry within the
   *     maximum staleness of the near cache
   */
  default Optional<VersionedEntry> findNear(String key, Set<String> dependencies) {
    return Optional.empty();
  }

  /**
   * Returns the leases of this store, which let one instance compute an answer while others wait
   * for it.
   *
   * @return the leases; empty by default: this store cannot grant any
   */
  default Optional<LeaseStore> leases() {
    return Optional.empty();
  }

  /**
   * Finds several entries by their keys. A store that is reached over a network should find them in
   * one round trip.
   *
   * @param keys the keys; may be empty
   * @return the live entries. By default, the results of {@link #find}
   * @throws StoreException if the store fails
   */
  default FoundEntries findAll(Set<String> keys) {
    Map<String, CacheEntry> entries = new HashMap<>();
    int corrupt = 0;
    for (String key : keys) {
      try {
        find(key).ifPresent(entry -> entries.put(key, entry));
      } catch (StoreException.CorruptEntry e) {
        corrupt++;
      }
    }
    return new FoundEntries(entries, corrupt);
  }

  /**
   * Makes several searches. A store that is reached over a network should make them in one round
   * trip.
   *
   * @param queries the searches; may be empty
   * @return the result of each search, in the order of the searches. By default, the results of
   *     {@link #nearest}
   * @throws IllegalArgumentException if an embedding does not have this store's dimension
   * @throws StoreException if the store fails
   */
  default List<NearestEntries> nearestAll(List<NearestQuery> queries) {
    return queries.stream().map(this::nearest).toList();
  }

  /**
   * Changes the version of a dependency, for all processes that share the store. The time does not
   * depend on the number of entries. Versions are not removed with the entries.
   *
   * @param dependency the {@linkplain io.github.semcache.prompt.Scope#dependencyTerm term} of the
   *     dependency
   * @throws StoreException if the store fails
   */
  void renewVersion(String dependency);

  /**
   * Finds the entries of a scope that are nearest to an embedding.
   *
   * @param query the search
   * @return at most {@link NearestQuery#k} live entries, sorted by distance
   * @throws IllegalArgumentException if the embedding does not have this store's dimension
   * @throws StoreException if the store fails
   */
  NearestEntries nearest(NearestQuery query);

  /**
   * Writes entries. An entry replaces an existing entry with the same key. Each entry is written
   * completely, with its embedding and its expiry, or not at all.
   *
   * @param entries the entries to write; may be empty
   * @return the number of other entries that this store evicted to make room, 0 if unknown
   * @throws IllegalArgumentException if an embedding does not have this store's dimension; in that
   *     case, nothing is written
   * @throws StoreException if an entry could not be written; others of the list may have been
   */
  int put(List<NewEntry> entries);

  /**
   * Writes an entry unless another one was written under its key in the meantime. The stores of
   * this library compare and write atomically. By default, calls {@link #find} and then {@link
   * #put}, so a concurrent write between them is replaced.
   *
   * @param entry the entry to write
   * @param known the creation time of the entry that the caller has found under the key; empty if
   *     it has found none. The entry is written if the store has no live entry with the key, or one
   *     that was created at that time or cannot be read
   * @return the number of other entries that this store evicted to make room, 0 if unknown; empty
   *     if the entry was not written
   * @throws IllegalArgumentException if the embedding does not have this store's dimension
   * @throws StoreException if the store fails; in that case, the entry may have been written
   */
  default OptionalInt putIfUnchanged(NewEntry entry, Optional<Instant> known) {
    return isUnchanged(entry.entry().key(), known)
        ? OptionalInt.of(put(List.of(entry)))
        : OptionalInt.empty();
  }

  private boolean isUnchanged(String key, Optional<Instant> known) {
    try {
      Optional<Instant> current = find(key).map(CacheEntry::createdAt);
      return current.isEmpty() || current.equals(known);
    } catch (StoreException.CorruptEntry e) {
      return true;
    }
  }

  /**
   * Changes the attributes of an entry. Its embedding and its expiry do not change. Updates of one
   * entry are atomic across all processes that share the store: each update sees the attributes
   * that the previous update wrote.
   *
   * @param key the key of the entry
   * @param change returns the entry unchanged or with other attributes. It may be called again
   *     after a conflict with a concurrent update, and must not use the store. If it returns an
   *     equal entry, nothing is written
   * @return the entry after the change, or empty if there is no live entry with that key
   * @throws IllegalArgumentException if the change modifies more than the attributes; in that case,
   *     nothing is written
   * @throws StoreException.CorruptEntry if the entry exists but cannot be read
   * @throws StoreException if the store fails; in that case, nothing is written. Exceptions of
   *     {@code change} are propagated, and nothing is written
   */
  default Optional<CacheEntry> updateAttributes(String key, UnaryOperator<CacheEntry> change) {
    requireNonNull(change, "change");
    return updateEntry(requireNonNull(key, "key"), entry -> entry.withChangedAttributes(change));
  }

  /**
   * Changes the answer, the attributes, or the creation time of an entry. Its embedding, its terms,
   * and its expiry do not change. Updates of one entry are atomic across all processes that share
   * the store, as those of {@link #updateAttributes} are.
   *
   * @param key the key of the entry
   * @param change returns the entry unchanged or with another answer, other attributes, or another
   *     creation time. It may be called again after a conflict with a concurrent update, and must
   *     not use the store. If it returns an equal entry, nothing is written
   * @return the entry after the change, or empty if there is no live entry with that key
   * @throws IllegalArgumentException if the change modifies the key, the scope, or the prompt; in
   *     that case, nothing is written
   * @throws StoreException.CorruptEntry if the entry exists but cannot be read
   * @throws StoreException if the store fails; in that case, nothing is written. Exceptions of
   *     {@code change} are propagated, and nothing is written
   */
  Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change);

  /**
   * Sets the time to live of an entry. Nothing else changes.
   *
   * @param key the key of the entry
   * @param timeToLive the new time to live, counted from this call, from 1 ms to 100 years; empty
   *     if the entry does not expire any more
   * @return whether there is a live entry with that key
   * @throws IllegalArgumentException if the time to live is out of range
   * @throws StoreException if the store fails
   */
  boolean expire(String key, Optional<Duration> timeToLive);

  /**
   * Removes entries.
   *
   * @param selector selects the entries to remove
   * @return the number of live entries that were removed, as counted by the store
   * @throws StoreException if the store fails; some of the entries may have been removed
   */
  long remove(EntrySelector selector);

  /**
   * Removes entries and reports progress.
   *
   * @param selector selects the entries to remove
   * @param progress receives the number of entries removed so far, on this thread: after each batch
   *     if the store removes them in batches, and otherwise once
   * @return the number of live entries that were removed, as counted by the store
   * @throws StoreException if the store fails; some of the entries may have been removed
   */
  default long remove(EntrySelector selector, LongConsumer progress) {
    long removed = remove(selector);
    progress.accept(removed);
    return removed;
  }

  /**
   * Counts entries.
   *
   * @param selector selects the entries to count
   * @return the number of live entries that {@link #remove} would remove
   * @throws StoreException if the store fails
   */
  long count(EntrySelector selector);

  /**
   * Closes the resources that this store opened. Resources that were passed in stay open. Closing
   * twice has no effect.
   */
  @Override
  void close();

  /**
   * A search for the nearest entries (KNN) in one scope.
   *
   * @param embedding the embedding to search for
   * @param scope the {@linkplain io.github.semcache.prompt.Scope#hash hash} of the scope; entries
   *     of other scopes are not considered
   * @param k the maximum number of entries to return, at least 1
   * @param notBefore the earliest creation time of the entries to consider, in whole milliseconds;
   *     empty considers entries of any age
   * @param terms an entry is considered if it has at least one {@linkplain NewEntry#terms term} of
   *     each of these sets; none of them is empty
   */
  record NearestQuery(
      Embedding embedding,
      String scope,
      int k,
      Optional<Instant> notBefore,
      List<Set<String>> terms) {

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if k is less than 1, or if a set of terms is empty or
     *     contains a term with other characters than lower-case hexadecimal digits
     */
    public NearestQuery {
      requireNonNull(embedding, "embedding");
      requireNonNull(scope, "scope");
      requireNonNull(notBefore, "notBefore");
      terms = NewEntry.checkTerms(terms);
      if (k < 1) {
        throw new IllegalArgumentException("k is " + k + "; it must be at least 1");
      }
    }

    /**
     * Creates a search for entries with any terms.
     *
     * @param embedding the embedding to search for
     * @param scope the hash of the scope
     * @param k the maximum number of entries to return, at least 1
     * @param notBefore the earliest creation time of the entries to consider, or empty
     * @throws IllegalArgumentException if k is less than 1
     */
    public NearestQuery(Embedding embedding, String scope, int k, Optional<Instant> notBefore) {
      this(embedding, scope, k, notBefore, List.of());
    }
  }

  /**
   * The result of {@link #findAll}.
   *
   * @param entries the live entries by key
   * @param corrupt the number of additional entries that exist but cannot be read
   */
  record FoundEntries(Map<String, CacheEntry> entries, int corrupt) {
    /** Copies the map. */
    public FoundEntries {
      entries = Map.copyOf(entries);
    }
  }

  /**
   * The result of {@link #findWithVersions}.
   *
   * @param entry the live entry, or empty
   * @param versions the version of each dependency
   */
  record VersionedEntry(Optional<CacheEntry> entry, Map<String, String> versions) {
    /** Copies the map. */
    public VersionedEntry {
      requireNonNull(entry, "entry");
      versions = Map.copyOf(versions);
    }
  }

  /**
   * The result of a nearest-neighbor search.
   *
   * @param matches live entries, sorted by distance
   * @param corrupt the number of additional entries that were found but could not be read; expired
   *     entries do not count
   */
  record NearestEntries(List<Match> matches, int corrupt) {
    private static final NearestEntries NONE = new NearestEntries(List.of(), 0);

    /** Copies the list. */
    public NearestEntries {
      matches = List.copyOf(matches);
    }

    /**
     * Returns an empty result.
     *
     * @return a result without matches and corrupt entries
     */
    public static NearestEntries none() {
      return NONE;
    }
  }

  /**
   * A store that can list its entries. For tools and for migrations to another store; lookups never
   * list entries.
   *
   * <p>Implementations are thread-safe.
   */
  interface Listable {

    /**
     * Returns all live entries, in no particular order. Entries that are put or removed while the
     * stream is read may or may not be included. Entries that cannot be read are skipped.
     *
     * @return a stream that the caller must close; reading it may block on disk or network and
     *     throw a {@link StoreException}
     * @throws StoreException if the store fails
     */
    Stream<ListedEntry> entries();

    /**
     * Returns the live entries with given keys as {@link #entries()} does. Entries that cannot be
     * read are skipped. Reading an entry does not count as a use of it.
     *
     * @param keys the keys; may be empty
     * @return the entries, in no particular order
     * @throws StoreException if the store fails
     */
    List<ListedEntry> entries(Set<String> keys);

    /**
     * An entry with its expiry and its terms.
     *
     * @param entry the entry
     * @param expiresAt the expiry time; empty if it does not expire
     * @param terms the {@linkplain NewEntry#terms terms} with which it was written; empty if the
     *     store does not know them
     */
    record ListedEntry(CacheEntry entry, Optional<Instant> expiresAt, Optional<Set<String>> terms) {
      /** Checks the components and copies the terms. */
      public ListedEntry {
        requireNonNull(entry, "entry");
        requireNonNull(expiresAt, "expiresAt");
        terms = terms.map(Set::copyOf);
      }
    }
  }

  /**
   * An entry to be written to a store.
   *
   * @param entry the entry
   * @param embedding the embedding of its prompt; an entry without an embedding is found only by
   *     its key
   * @param timeToLive the time to live, counted from the write; empty if the entry does not expire
   * @param terms the {@linkplain io.github.semcache.prompt.Scope#terms terms} by which the entry
   *     can be {@linkplain EntrySelector.ByTerm selected}; each consists of lower-case hexadecimal
   *     digits
   */
  record NewEntry(
      CacheEntry entry,
      Optional<Embedding> embedding,
      Optional<Duration> timeToLive,
      Set<String> terms) {

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if the time to live is shorter than a millisecond or longer
     *     than 36,525 days (100 years), or if a term has other characters
     */
    public NewEntry {
      requireNonNull(entry, "entry");
      requireNonNull(embedding, "embedding");
      requireNonNull(timeToLive, "timeToLive");
      timeToLive.ifPresent(Prompt::checkTimeToLive);
      terms = Set.copyOf(terms);
      terms.forEach(NewEntry::checkTerm);
    }

    /**
     * Creates an entry without terms.
     *
     * @param entry the entry
     * @param embedding the embedding of its prompt, if there is one
     * @param timeToLive the time to live; empty if the entry does not expire
     * @throws IllegalArgumentException if the time to live is out of range
     */
    public NewEntry(
        CacheEntry entry, Optional<Embedding> embedding, Optional<Duration> timeToLive) {
      this(entry, embedding, timeToLive, Set.of());
    }

    /**
     * Checks that a term contains no character with a meaning in a search query. For
     * implementations of {@link VectorStore}.
     *
     * @param term the term
     * @return the term
     * @throws IllegalArgumentException if it does not consist of lower-case hexadecimal digits
     */
    public static String checkTerm(String term) {
      // A loop: lookups with dependencies check each of their terms.
      boolean isValid = !term.isEmpty();
      for (int i = 0; isValid && i < term.length(); i++) {
        char c = term.charAt(i);
        isValid = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      }
      if (!isValid) {
        throw new IllegalArgumentException(
            "a term has other characters; it must consist of lower-case hexadecimal digits");
      }
      return term;
    }

    /**
     * Copies sets of terms, of which a search or a selector requires at least one each.
     *
     * @throws IllegalArgumentException if a set is empty, or if a term has other characters than
     *     lower-case hexadecimal digits
     */
    static List<Set<String>> checkTerms(List<Set<String>> terms) {
      List<Set<String>> copies = terms.stream().map(Set::copyOf).toList();
      for (Set<String> anyOf : copies) {
        if (anyOf.isEmpty()) {
          throw new IllegalArgumentException("a set of terms is empty; no entry has a term of it");
        }
        anyOf.forEach(NewEntry::checkTerm);
      }
      return copies;
    }
  }
}
