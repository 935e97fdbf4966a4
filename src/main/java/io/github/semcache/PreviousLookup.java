package io.github.semcache;

import io.github.semcache.internal.migration.FailedRemovals;
import io.github.semcache.internal.migration.MigrationState;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks up what the store of the cache does not contain in the store that it replaces: by key, and
 * by the old embeddings until the migration is complete. The results of the lookup in the store of
 * the cache are not changed by a miss in the previous one.
 */
final class PreviousLookup {
  private final CacheLookup lookup;
  private final MultiLookup batch;
  private final ResilientStore store;
  private final FailedRemovals removals;
  private final FailOpen failOpen;
  private final MigrationState.@Nullable Watch watch;

  /**
   * Creates a lookup.
   *
   * @param lookup the lookup in the old vector space; by key only if there is no old embedder
   * @param batch looks up several prompts in the old vector space
   * @param store the previous store, without the entries of {@code removals}
   * @param removals the entries that could not be removed after they were replaced
   * @param failOpen contains the failures of the previous store and the old embedder
   * @param watch observes the migration; null if the store of the cache does not store its state
   */
  PreviousLookup(
      CacheLookup lookup,
      MultiLookup batch,
      ResilientStore store,
      FailedRemovals removals,
      FailOpen failOpen,
      MigrationState.@Nullable Watch watch) {
    this.lookup = lookup;
    this.batch = batch;
    this.store = store;
    this.removals = removals;
    this.failOpen = failOpen;
    this.watch = watch;
  }

  /** Looks up the entry of the same text and scope. Also if the store of the cache has failed. */
  LookupResult exact(LookupResult.Miss miss) {
    return exact(miss, store::tryFind);
  }

  private LookupResult exact(
      LookupResult.Miss miss, Function<Query, Optional<ResilientStore.Found>> find) {
    removals.retryIfDue();
    return miss.request().reads() && !miss.shadowHit()
        ? result(miss, lookup.exact(inOldSpace(miss), find))
        : miss;
  }

  /**
   * Finds the entries of several requests with one lookup by their keys.
   *
   * @return the lookup of one of the requests, as {@link #exact(LookupResult.Miss)}
   */
  Function<LookupResult.Miss, LookupResult> exactAll(List<CacheRequest> requests) {
    List<Query> queries =
        requests.stream().map(CacheRequest::inOtherSpace).map(CacheRequest::query).toList();
    Optional<Map<Query, ResilientStore.Found>> found =
        queries.isEmpty() ? Optional.of(Map.of()) : store.tryFindAll(queries);
    return miss ->
        exact(
            miss,
            query ->
                found.flatMap(
                    entries ->
                        Optional.ofNullable(entries.get(query)).or(() -> store.tryFind(query))));
  }

  /** Looks up the nearest entries in the old vector space, until the migration is complete. */
  LookupResult semantic(LookupResult.Miss miss) {
    return isCompared(miss) && !isComplete()
        ? result(
            miss,
            lookup.compare(
                inOldSpace(miss).withVersions(store.tryVersions(miss.request().query()))))
        : miss;
  }

  private boolean isCompared(LookupResult.Miss miss) {
    return !miss.shadowHit() && lookup.isCompared(inOldSpace(miss));
  }

  private boolean isComplete() {
    return watch != null && watch.isComplete();
  }

  /**
   * Looks up the nearest entries after several misses as {@link #semantic} does, with one call of
   * the old embedder and one search.
   *
   * @param results results, of which hits are not changed
   */
  List<LookupResult> semanticAll(List<LookupResult> results) {
    List<LookupResult> both = new ArrayList<>(results);
    List<Integer> indexes =
        IntStream.range(0, results.size())
            .filter(i -> results.get(i) instanceof LookupResult.Miss miss && isCompared(miss))
            .boxed()
            .toList();
    if (indexes.isEmpty() || isComplete()) {
      return both;
    }
    List<LookupResult.Miss> misses =
        indexes.stream().map(results::get).map(LookupResult.Miss.class::cast).toList();
    Optional<List<String>> versions =
        store.tryVersionsAll(misses.stream().map(miss -> miss.request().query()).toList());
    List<LookupResult> decided =
        batch.semantic(
            IntStream.range(0, misses.size())
                .mapToObj(
                    i ->
                        inOldSpace(misses.get(i)).withVersions(versions.map(found -> found.get(i))))
                .toList());
    for (int i = 0; i < misses.size(); i++) {
      both.set(indexes.get(i), result(misses.get(i), decided.get(i)));
    }
    return both;
  }

  /**
   * Returns the answers of near entries in the old vector space that the policy and the verifier
   * accept, until the migration is complete.
   *
   * @param counted the miss in the new vector space, after the hit was counted
   * @param exceptKeys the keys of the entries whose answers are known already
   */
  List<Answer> others(LookupResult.Miss counted, Set<String> exceptKeys, int limit) {
    return isCompared(counted) && !isComplete()
        ? batch.others(
            inOldSpace(counted).withVersions(store.tryVersions(counted.request().query())),
            exceptKeys,
            limit)
        : List.of();
  }

  /** Returns a miss without the results of the lookup in the store of the cache. */
  private static LookupResult.Miss inOldSpace(LookupResult.Miss miss) {
    LookupResult.Miss old = LookupResult.Miss.of(miss.request().inOtherSpace());
    return miss.isCounted() ? old.counted() : old;
  }

  /** Returns a hit with the original miss, and for another miss the original one. */
  private static LookupResult result(LookupResult.Miss miss, LookupResult old) {
    if (old instanceof LookupResult.Hit hit) {
      return new LookupResult.Hit(hit.answer(), hit.entry(), miss);
    }
    return ((LookupResult.Miss) old).shadowHit() ? miss.withShadowHit() : miss.checkDeadline();
  }

  /** Returns the previous store with failure handling. */
  ResilientStore store() {
    return store;
  }

  /**
   * Removes the entry that a new answer replaces. If the store fails, the entry is not served any
   * more, and is removed later.
   */
  void tryRemove(String key) {
    removals.retryIfDue();
    removeLaterUnless(key, () -> store.tryRemove(key));
  }

  /** Removes the entry that a new answer replaces, as {@link #tryRemove}. Failures are thrown. */
  void remove(String key) {
    removeLaterUnless(
        key,
        () -> {
          store.remove(key);
          return true;
        });
  }

  /** Removes an entry, and adds it to those that are removed later if that fails. */
  private void removeLaterUnless(String key, BooleanSupplier removal) {
    boolean isRemoved = false;
    try {
      isRemoved = removal.getAsBoolean();
    } finally {
      if (!isRemoved) {
        removals.add(key);
      }
    }
  }

  /** Returns the servable entry of a query's key. Failures are thrown. */
  Optional<CacheEntry> find(Query query) {
    return failOpen.require(Operation.FIND, () -> store.find(query)).entry();
  }

  /**
   * Returns the keys of other entries that may be served for a query, by the old embeddings; none
   * if there is no old embedder. Failures are thrown.
   */
  Set<String> duplicates(Prompt prompt, Query query) {
    return lookup.duplicates(prompt, CacheRequest.inOtherSpace(prompt, query));
  }

  /** Returns the operations whose circuit is open, as {@code previous-find}. */
  Set<String> openCircuits() {
    Set<String> names = new TreeSet<>();
    failOpen.openCircuits().forEach(name -> names.add("previous-" + name));
    return names;
  }
}
