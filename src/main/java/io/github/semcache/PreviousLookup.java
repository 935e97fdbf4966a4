package io.github.semcache;

import io.github.semcache.internal.migration.CompletionWatch;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Looks up what the store of the cache does not contain in the store that it replaces: by key, and
 * by the old embeddings until the migration is complete. The results of the lookup in the store of
 * the cache are not changed by a miss in the previous one.
 */
final class PreviousLookup {
  private final CacheLookup lookup;
  private final ResilientStore store;
  private final FailOpen failOpen;
  private final @Nullable CompletionWatch watch;

  /**
   * Creates a lookup.
   *
   * @param lookup the lookup in the old vector space; by key only if there is no old embedder
   * @param store the previous store
   * @param failOpen contains the failures of the previous store and the old embedder
   * @param watch observes the migration; null if the store of the cache does not store its state
   */
  PreviousLookup(
      CacheLookup lookup,
      ResilientStore store,
      FailOpen failOpen,
      @Nullable CompletionWatch watch) {
    this.lookup = lookup;
    this.store = store;
    this.failOpen = failOpen;
    this.watch = watch;
  }

  /** Looks up the entry of the same text and scope. Also if the store of the cache has failed. */
  LookupResult exact(LookupResult.Miss miss) {
    return miss.request().reads() && !miss.shadowHit()
        ? result(miss, lookup.exact(inOldSpace(miss)))
        : miss;
  }

  /** Looks up the nearest entries in the old vector space, until the migration is complete. */
  LookupResult semantic(LookupResult.Miss miss) {
    LookupResult.Miss old = inOldSpace(miss);
    if (miss.shadowHit() || !lookup.isCompared(old) || (watch != null && watch.isComplete())) {
      return miss;
    }
    return result(
        miss, lookup.compare(old.withVersions(store.tryVersions(miss.request().query()))));
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
