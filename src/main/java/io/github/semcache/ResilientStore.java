package io.github.semcache;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.internal.entry.DependencyStamp;
import io.github.semcache.internal.entry.TimeToLiveRenewal;
import io.github.semcache.internal.migration.CopyMark;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.LeaseStore.Claim;
import io.github.semcache.store.LeaseStore.Lease;
import io.github.semcache.store.Match;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.FoundEntries;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.store.VectorStore.VersionedEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The store with timing, failure handling and a check of the scope. The {@code try} methods return
 * empty if the store fails; the others throw.
 */
final class ResilientStore {
  /** The factor of the second search if no result of the first one may be served. */
  private static final int WIDER_SEARCH_FACTOR = 10;

  /** The maximum difference between the clocks of machines that share a store. */
  private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofMinutes(1);

  private final VectorStore store;
  private final int candidates;
  private final InstantSource time;
  private final EventPublisher events;
  private final FailOpen failOpen;
  private final Predicate<String> hidden;
  private final LeaseStore leases;

  ResilientStore(
      VectorStore store,
      int candidates,
      InstantSource time,
      EventPublisher events,
      FailOpen failOpen) {
    this(store, candidates, time, events, failOpen, key -> false);
  }

  /**
   * Creates a store.
   *
   * @param hidden returns whether the entry with a key is not servable
   */
  ResilientStore(
      VectorStore store,
      int candidates,
      InstantSource time,
      EventPublisher events,
      FailOpen failOpen,
      Predicate<String> hidden) {
    this.store = store;
    this.candidates = candidates;
    this.hidden = hidden;
    this.time = time;
    this.events = events;
    this.failOpen = failOpen;
    this.leases = store.leases().orElseGet(() -> new LeaseStore.Local(store));
  }

  /**
   * The result of a lookup by key.
   *
   * @param entry the servable entry
   * @param versions the current versions of the query's dependencies; an empty string if it has
   *     none
   * @param stored the entry, also if it is not servable
   * @param lease the lease of the key, if it was requested and granted
   * @param isLeased whether the lease was requested, but another instance holds it
   */
  record Found(
      Optional<CacheEntry> entry,
      String versions,
      Optional<CacheEntry> stored,
      Optional<Lease> lease,
      boolean isLeased) {

    /** Returns the result if the entry is corrupt. */
    static Found corrupt(String versions) {
      return new Found(Optional.empty(), versions, Optional.empty(), Optional.empty(), false);
    }
  }

  /**
   * Returns the servable entry of a query's key; empty if the store fails. An entry in the memory
   * of this process is returned on this thread, without a deadline.
   */
  Optional<Found> tryFind(Query query) {
    Set<String> dependencies = query.scope().dependencyTerms();
    Optional<VersionedEntry> near = store.findNear(query.key(), dependencies);
    if (near.isPresent()) {
      Found found = find(query, near::get);
      if (found.entry().isPresent()) {
        return Optional.of(found);
      }
    }
    return failOpen.attempt(Operation.FIND, () -> find(query, dependencies));
  }

  /** Returns an entry, whether it is servable or not; empty if there is none or the store fails. */
  Optional<CacheEntry> tryFindEntry(String key) {
    return failOpen.attempt(Operation.FIND, () -> store.find(key)).flatMap(found -> found);
  }

  /**
   * Returns the servable entries of several queries, with one lookup by their keys, and one more if
   * a query has dependencies; empty if the store fails.
   */
  Optional<Map<Query, Found>> tryFindAll(List<Query> queries) {
    return failOpen.attempt(Operation.FIND, () -> findAll(queries));
  }

  private Map<Query, Found> findAll(List<Query> queries) {
    FoundEntries found =
        events.timed(
            () -> store.findAll(queries.stream().map(Query::key).collect(Collectors.toSet())),
            (entries, took) -> new CacheEvent.LookedUp(CacheEvent.Tier.EXACT, took));
    publishCorrupt(found.corrupt());
    Map<String, String> versions = versions(queries);
    Map<Query, Found> byQuery = new HashMap<>();
    for (Query query : queries) {
      Optional<CacheEntry> entry = Optional.ofNullable(found.entries().get(query.key()));
      byQuery.put(
          query, servable(query, new Claim(entry, own(versions, query), Optional.empty(), false)));
    }
    return byQuery;
  }

  /** Returns the current versions of the dependencies of all queries. */
  private Map<String, String> versions(List<Query> queries) {
    Set<String> dependencies =
        queries.stream()
            .flatMap(query -> query.scope().dependencyTerms().stream())
            .collect(Collectors.toSet());
    return dependencies.isEmpty() ? Map.of() : store.versions(dependencies);
  }

  private static Map<String, String> own(Map<String, String> versions, Query query) {
    Map<String, String> own = new HashMap<>(versions);
    own.keySet().retainAll(query.scope().dependencyTerms());
    return own;
  }

  /** Returns the servable entry of a query's key. */
  Found find(Query query) {
    return find(query, query.scope().dependencyTerms());
  }

  private Found find(Query query, Set<String> dependencies) {
    return find(
        query,
        () ->
            dependencies.isEmpty()
                ? new VersionedEntry(store.find(query.key()), Map.of())
                : store.findWithVersions(query.key(), dependencies));
  }

  private Found find(Query query, Supplier<VersionedEntry> lookup) {
    return claim(
        query,
        () -> {
          VersionedEntry found = lookup.get();
          return new Claim(found.entry(), found.versions(), Optional.empty(), false);
        });
  }

  /**
   * Returns the servable entry of a query's key, and the lease if it can be acquired; empty if the
   * store fails.
   *
   * @param known the creation time of the entry to replace; empty if there is none
   * @param duration the duration of the lease
   */
  Optional<Found> tryClaim(Query query, Optional<Instant> known, Duration duration) {
    Set<String> dependencies = query.scope().dependencyTerms();
    return failOpen.attempt(
        Operation.FIND,
        () -> claim(query, () -> leases.claim(query.key(), dependencies, known, duration)),
        dropped -> dropped.lease().ifPresent(this::tryRelease));
  }

  private Found claim(Query query, Supplier<Claim> lookup) {
    try {
      Claim found =
          events.timed(
              lookup, (entry, took) -> new CacheEvent.LookedUp(CacheEvent.Tier.EXACT, took));
      return servable(query, found);
    } catch (StoreException.CorruptEntry e) {
      publishCorrupt(1);
      return Found.corrupt(versions(query));
    }
  }

  private Found servable(Query query, Claim found) {
    String versions = found.versions().isEmpty() ? "" : DependencyStamp.of(found.versions());
    Optional<CacheEntry> inScope = found.entry().filter(entry -> isInScope(entry, query));
    publishCorrupt(found.entry().isPresent() && inScope.isEmpty() ? 1 : 0);
    return new Found(
        inScope
            .filter(entry -> !isHidden(entry))
            .filter(entry -> isFresh(entry, query))
            .filter(entry -> query.acceptsLabels(entry.labels()))
            .filter(entry -> DependencyStamp.matches(entry, versions)),
        versions,
        found.entry(),
        found.lease(),
        found.isHeld());
  }

  /** Returns the current versions of a query's dependencies; empty if the store fails. */
  Optional<String> tryVersions(Query query) {
    return query.scope().dependencies().isEmpty()
        ? Optional.of("")
        : failOpen.attempt(Operation.FIND, () -> versions(query));
  }

  /**
   * Returns the current versions of the dependencies of several queries, with at most one call of
   * the store, in the order of the queries; empty if the store fails.
   */
  Optional<List<String>> tryVersionsAll(List<Query> queries) {
    return failOpen.attempt(
        Operation.FIND,
        () -> {
          Map<String, String> versions = versions(queries);
          return queries.stream()
              .map(query -> own(versions, query))
              .map(own -> own.isEmpty() ? "" : DependencyStamp.of(own))
              .toList();
        });
  }

  /** Returns the current versions of a query's dependencies; an empty string if it has none. */
  String versions(Query query) {
    Set<String> dependencies = query.scope().dependencyTerms();
    return dependencies.isEmpty() ? "" : DependencyStamp.of(store.versions(dependencies));
  }

  /**
   * Returns the servable entries nearest to a query, nearest first; empty if the store fails.
   *
   * @param servable removes the entries that must not be served
   */
  Optional<List<Match>> tryNearest(
      Query query, Embedding embedding, UnaryOperator<List<Match>> servable) {
    return failOpen.attempt(Operation.SEARCH, () -> nearest(query, embedding, servable));
  }

  /** Returns at least a number of entries, if there are as many; see {@link #tryNearest}. */
  Optional<List<Match>> tryNearest(
      Query query, Embedding embedding, int atLeast, UnaryOperator<List<Match>> servable) {
    return failOpen.attempt(
        Operation.SEARCH, () -> nearest(query, embedding, Math.max(atLeast, candidates), servable));
  }

  /**
   * Returns the nearest entries of several queries, with one call of the store; empty if it fails.
   */
  Optional<List<List<Match>>> tryNearestAll(List<Query> queries, List<Embedding> embeddings) {
    return failOpen.attempt(Operation.SEARCH, () -> nearestAll(queries, embeddings));
  }

  private List<List<Match>> nearestAll(List<Query> queries, List<Embedding> embeddings) {
    List<NearestQuery> searches = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      searches.add(nearestQuery(queries.get(i), embeddings.get(i), candidates));
    }
    List<NearestEntries> found =
        events.timed(
            () -> store.nearestAll(searches),
            (entries, took) -> new CacheEvent.LookedUp(CacheEvent.Tier.SEMANTIC, took));
    List<List<Match>> matches = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      matches.add(checked(queries.get(i), found.get(i)));
    }
    return matches;
  }

  /** Returns whether a search found so many entries that there may be more. */
  boolean mayHaveMore(List<Match> found) {
    return found.size() >= candidates;
  }

  /** Returns the servable entries nearest to a query. Searches wider if none of them remains. */
  List<Match> nearest(Query query, Embedding embedding, UnaryOperator<List<Match>> servable) {
    return nearest(query, embedding, candidates, servable);
  }

  private List<Match> nearest(
      Query query, Embedding embedding, int count, UnaryOperator<List<Match>> servable) {
    List<Match> found = nearest(query, embedding, count);
    List<Match> remaining = servable.apply(found);
    if (found.size() < count || !remaining.isEmpty()) {
      return remaining;
    }
    return servable.apply(manyNearest(query, embedding)).stream().limit(count).toList();
  }

  /** Returns ten times as many nearest entries as the policy receives. */
  List<Match> manyNearest(Query query, Embedding embedding) {
    return nearest(query, embedding, WIDER_SEARCH_FACTOR * candidates);
  }

  private List<Match> nearest(Query query, Embedding embedding, int k) {
    NearestEntries nearest =
        events.timed(
            () -> store.nearest(nearestQuery(query, embedding, k)),
            (matches, took) -> new CacheEvent.LookedUp(CacheEvent.Tier.SEMANTIC, took));
    return checked(query, nearest);
  }

  private List<Match> checked(Query query, NearestEntries nearest) {
    List<Match> inScope =
        nearest.matches().stream().filter(match -> isInScope(match.entry(), query)).toList();
    publishCorrupt(nearest.corrupt() + nearest.matches().size() - inScope.size());
    return inScope.stream()
        .filter(match -> !isHidden(match.entry()))
        .filter(match -> hasKnownAge(match.entry(), query))
        .toList();
  }

  /**
   * Writes an entry; returns false if the store fails.
   *
   * @param onLate is called if the entry was written after this method has returned
   */
  boolean tryPut(NewEntry entry, Runnable onLate) {
    return failOpen
        .attempt(
            Operation.WRITE,
            () -> {
              put(List.of(entry));
              return true;
            },
            late -> onLate.run())
        .orElse(false);
  }

  /**
   * Writes an entry unless another one was written under its key in the meantime.
   *
   * @param known the creation time of the entry that was found under the key; empty for none
   * @param onLate is called if the entry was written after this method has returned
   * @return whether the entry was written; empty if the store fails
   */
  Optional<Boolean> tryPutIfUnchanged(NewEntry entry, Optional<Instant> known, Runnable onLate) {
    return failOpen.attempt(
        Operation.WRITE,
        () -> {
          EventPublisher.Stopwatch stopwatch = events.startStopwatch();
          OptionalInt evicted = store.putIfUnchanged(entry, known);
          evicted.ifPresent(
              count -> events.publish(new CacheEvent.Stored(1, count, stopwatch.elapsed())));
          return evicted.isPresent();
        },
        isWritten -> runIf(isWritten, onLate));
  }

  private static void runIf(boolean condition, Runnable action) {
    if (condition) {
      action.run();
    }
  }

  /**
   * Writes an entry under a lease, and ends the lease.
   *
   * @param onLate is called if the entry was written after this method has returned
   * @return whether the entry was written; false if the store fails, or if the entry was written by
   *     someone else in the meantime
   */
  boolean tryPut(NewEntry entry, Lease lease, Runnable onLate) {
    return failOpen
        .attempt(
            Operation.WRITE,
            () -> {
              EventPublisher.Stopwatch stopwatch = events.startStopwatch();
              boolean isWritten = leases.put(entry, lease);
              events.publish(
                  isWritten
                      ? new CacheEvent.Stored(1, 0, stopwatch.elapsed())
                      : new CacheEvent.Superseded());
              return isWritten;
            },
            isWritten -> runIf(isWritten, onLate))
        .orElse(false);
  }

  /** Ends a lease without writing an entry. If the store fails, the lease expires. */
  void tryRelease(Lease lease) {
    try {
      Optional<Boolean> unused =
          failOpen.attempt(
              Operation.WRITE,
              () -> {
                leases.release(lease);
                return true;
              });
    } catch (Throwable e) {
      // Only if the cache fails on cache errors. The failure was published.
      FatalErrors.rethrowIfFatal(e);
    }
  }

  /** Returns whether an instance holds the lease of a key; false if the store fails. */
  boolean isLeased(String key) {
    return failOpen.attempt(Operation.FIND, () -> leases.isHeld(key)).orElse(false);
  }

  /** Removes an entry; returns false if the store fails. */
  boolean tryRemove(String key) {
    return failOpen
        .attempt(Operation.WRITE, () -> store.remove(new EntrySelector.ByKey(key)))
        .isPresent();
  }

  /** Removes an entry. Failures are thrown. */
  void remove(String key) {
    long unused =
        failOpen.require(Operation.WRITE, () -> store.remove(new EntrySelector.ByKey(key)));
  }

  /** Renews the time to live of an entry that is served; does nothing if the store fails. */
  void tryRenew(CacheEntry served) {
    try {
      Optional<Boolean> unused =
          failOpen.attempt(
              Operation.WRITE,
              () -> {
                TimeToLiveRenewal.renew(store, served, time);
                return true;
              });
    } catch (Throwable e) {
      // Only if the cache fails on cache errors. The answer is served, and the failure published.
      FatalErrors.rethrowIfFatal(e);
    }
  }

  void put(List<NewEntry> entries) {
    events.timed(
        () -> store.put(entries),
        (evicted, took) -> new CacheEvent.Stored(entries.size(), evicted, took));
  }

  Duration ageOf(CacheEntry entry) {
    Duration age = Duration.between(entry.createdAt(), time.instant());
    return age.isNegative() ? Duration.ZERO : age;
  }

  private boolean isHidden(CacheEntry entry) {
    return CopyMark.isPending(entry) || hidden.test(entry.key());
  }

  private static boolean isInScope(CacheEntry entry, Query query) {
    return entry.scope().equals(query.scope().hash());
  }

  private boolean isFresh(CacheEntry entry, Query query) {
    return notBefore(query).filter(entry.createdAt()::isBefore).isEmpty()
        && hasKnownAge(entry, query);
  }

  /**
   * Returns whether the age of an entry is known, if the query limits it. The age of an entry that
   * was created in the future is not: the clock of this or of another machine was set back.
   */
  private boolean hasKnownAge(CacheEntry entry, Query query) {
    return query.maxAge().isEmpty()
        || entry.createdAt().isBefore(time.instant().plus(MAX_CLOCK_DIFFERENCE));
  }

  private NearestQuery nearestQuery(Query query, Embedding embedding, int k) {
    return new NearestQuery(
        embedding,
        query.scope().hash(),
        k,
        notBefore(query),
        query.labelFilter().map(Labels.Filter::terms).orElse(List.of()));
  }

  /**
   * Returns the earliest creation time. A limit before 1970 is ignored: it may overflow Instant.
   */
  private Optional<Instant> notBefore(Query query) {
    Instant now = time.instant();
    return query
        .maxAge()
        .filter(maxAge -> maxAge.compareTo(Duration.between(Instant.EPOCH, now)) < 0)
        .map(now::minus);
  }

  private void publishCorrupt(int count) {
    if (count > 0) {
      events.publish(new CacheEvent.Corrupt(count));
    }
  }
}
