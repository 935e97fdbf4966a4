package io.github.semcache.cli.ui;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A read-only store that returns recorded matches, to decide on them again. RecordedStore is not
 * thread-safe.
 */
final class RecordedStore implements VectorStore {
  private final EmbeddingSpace space;
  private List<Match> matches = List.of();

  RecordedStore(EmbeddingSpace space) {
    this.space = space;
  }

  /** Sets the result of all searches until the next call. */
  void replay(List<Match> recorded) {
    matches = recorded;
  }

  @Override
  public EmbeddingSpace space() {
    return space;
  }

  @Override
  public Optional<CacheEntry> find(String key) {
    return Optional.empty();
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    return new NearestEntries(matches, 0);
  }

  @Override
  public long count(EntrySelector selector) {
    return 0;
  }

  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    return Map.of();
  }

  @Override
  public int put(List<NewEntry> entries) {
    throw readOnly();
  }

  @Override
  public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
    throw readOnly();
  }

  @Override
  public boolean expire(String key, Optional<Duration> timeToLive) {
    throw readOnly();
  }

  @Override
  public long remove(EntrySelector selector) {
    throw readOnly();
  }

  @Override
  public void renewVersion(String dependency) {
    throw readOnly();
  }

  private static UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException("recorded matches are read-only");
  }

  @Override
  public void close() {}
}
