package io.github.semcache;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.CorruptEntryException;
import io.github.semcache.store.Match;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The store as the cache uses it: timed, fenced, and trusted with no scope but the one asked for.
 */
final class ResilientStore {
  /** How many times as many to ask for when nothing that came may be served. */
  private static final int SECOND_TRY_FACTOR = 10;

  private final VectorStore store;
  private final EntryLocks changes;
  private final int candidates;
  private final InstantSource time;
  private final EventPublisher events;
  private final FailOpen fence;

  ResilientStore(
      VectorStore store,
      EntryLocks changes,
      int candidates,
      InstantSource time,
      EventPublisher events,
      FailOpen fence) {
    this.store = store;
    this.changes = changes;
    this.candidates = candidates;
    this.time = time;
    this.events = events;
    this.fence = fence;
  }

  /** The servable entry of the request's key; empty also if the store fails. */
  Optional<CacheEntry> find(CacheRequest request) {
    return attempt(request, Operation.FIND, () -> find(request.query)).flatMap(found -> found);
  }

  /** The servable entry of a key. */
  Optional<CacheEntry> find(Query query) {
    try {
      Optional<CacheEntry> found =
          events.timed(
              () -> store.find(query.key()),
              (entry, took) -> new CacheEvent.LookedUp(CacheEvent.Tier.EXACT, took));
      reportCorrupt(found.isPresent() && !isOfScope(found.get(), query) ? 1 : 0);
      return found.filter(entry -> isOfScope(entry, query)).filter(entry -> isFresh(entry, query));
    } catch (CorruptEntryException e) {
      reportCorrupt(1);
      return Optional.empty();
    }
  }

  /**
   * The servable entries nearest to the request, nearest first; empty if the store fails.
   *
   * @param allowed leaves out what must not be served to it
   */
  Optional<List<Match>> nearest(
      CacheRequest request, Embedding embedding, UnaryOperator<List<Match>> allowed) {
    return attempt(request, Operation.SEARCH, () -> nearest(request.query, embedding, allowed));
  }

  /** The servable entries nearest to a query, nearest first; more are looked at if none is left. */
  List<Match> nearest(Query query, Embedding embedding, UnaryOperator<List<Match>> allowed) {
    List<Match> found = nearest(query, embedding, candidates);
    List<Match> left = allowed.apply(found);
    if (found.size() < candidates || !left.isEmpty()) {
      return left;
    }
    return allowed.apply(nearest(query, embedding, SECOND_TRY_FACTOR * candidates)).stream()
        .limit(candidates)
        .toList();
  }

  private List<Match> nearest(Query query, Embedding embedding, int k) {
    NearestEntries nearest =
        events.timed(
            () -> store.nearest(nearestQuery(query, embedding, k)),
            (matches, took) -> new CacheEvent.LookedUp(CacheEvent.Tier.SEMANTIC, took));
    List<Match> servable =
        nearest.matches().stream().filter(match -> isOfScope(match.entry(), query)).toList();
    reportCorrupt(nearest.corrupt() + nearest.matches().size() - servable.size());
    return servable;
  }

  /** Writes for a request; false if the store fails now or has failed it before. */
  boolean put(CacheRequest request, NewEntry insertion) {
    return attempt(
            request,
            Operation.WRITE,
            () -> {
              put(List.of(insertion));
              return true;
            })
        .orElse(false);
  }

  void put(List<NewEntry> insertions) {
    events.timed(
        () -> changes.put(insertions),
        (evicted, took) -> new CacheEvent.Stored(insertions.size(), evicted, took));
  }

  Duration ageOf(CacheEntry entry) {
    Duration age = Duration.between(entry.createdAt(), time.instant());
    return age.isNegative() ? Duration.ZERO : age;
  }

  private <T> Optional<T> attempt(CacheRequest request, Operation operation, Supplier<T> action) {
    if (request.storeFailed()) {
      return Optional.empty();
    }
    Optional<T> result = fence.attempt(operation, action);
    if (result.isEmpty()) {
      request.storeHasFailed();
    }
    return result;
  }

  private static boolean isOfScope(CacheEntry entry, Query query) {
    return entry.scope().equals(query.scope().hash());
  }

  private boolean isFresh(CacheEntry entry, Query query) {
    return notBefore(query).filter(entry.createdAt()::isBefore).isEmpty();
  }

  private NearestQuery nearestQuery(Query query, Embedding embedding, int k) {
    return new NearestQuery(embedding, query.scope().hash(), k, notBefore(query));
  }

  /** A limit from before 1970 limits nothing, and might be too far back for an Instant. */
  private Optional<Instant> notBefore(Query query) {
    Instant now = time.instant();
    return query
        .maxAge()
        .filter(maxAge -> maxAge.compareTo(Duration.between(Instant.EPOCH, now)) < 0)
        .map(now::minus);
  }

  private void reportCorrupt(int count) {
    if (count > 0) {
      events.publish(new CacheEvent.Corrupt(count));
    }
  }
}
