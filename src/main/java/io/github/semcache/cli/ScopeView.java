package io.github.semcache.cli;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A read-only view of one scope of a store, which appears as the scope of every query. A scope is
 * known by its hash only, so a prompt with that scope cannot be created.
 *
 * @param store the store
 * @param scope the hash of the scope
 */
record ScopeView(VectorStore store, String scope) implements VectorStore {
  @Override
  public EmbeddingSpace space() {
    return store.space();
  }

  /** Returns empty, because keys depend on the scope. */
  @Override
  public Optional<CacheEntry> find(String key) {
    return Optional.empty();
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    NearestEntries found =
        store.nearest(new NearestQuery(query.embedding(), scope, query.k(), query.notBefore()));
    return new NearestEntries(
        found.matches().stream()
            .map(match -> new Match(withScope(match.entry(), query.scope()), match.distance()))
            .toList(),
        found.corrupt());
  }

  private static CacheEntry withScope(CacheEntry entry, String scope) {
    return new CacheEntry(
        entry.key(), scope, entry.prompt(), entry.answer(), entry.attributes(), entry.createdAt());
  }

  @Override
  public int put(List<NewEntry> entries) {
    throw new UnsupportedOperationException("the view is read-only");
  }

  @Override
  public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
    throw new UnsupportedOperationException("the view is read-only");
  }

  @Override
  public boolean expire(String key, Optional<Duration> timeToLive) {
    throw new UnsupportedOperationException("the view is read-only");
  }

  @Override
  public long remove(EntrySelector selector) {
    throw new UnsupportedOperationException("the view is read-only");
  }

  @Override
  public long count(EntrySelector selector) {
    return store.count(selector);
  }

  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    return store.versions(dependencies);
  }

  @Override
  public void renewVersion(String dependency) {
    throw new UnsupportedOperationException("the view is read-only");
  }

  /** Does nothing; the store remains open. */
  @Override
  public void close() {}
}
