package io.github.semcache.evaluation;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.store.DependencyVersions;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A store that searches with a {@link NeighborTable}. If the table has fewer live neighbors of a
 * query than the query asks for, the store compares the query with every entry. All embeddings must
 * be in the table.
 *
 * <p>NeighborStore is thread-safe, but its methods block each other.
 */
final class NeighborStore implements VectorStore {
  private static final Comparator<Match> NEAREST_FIRST =
      Comparator.comparingDouble(Match::distance);

  private final NeighborTable table;
  private final InstantSource clock;
  private final DependencyVersions versions = new DependencyVersions();
  private final Map<String, Stored> byKey = new HashMap<>();
  private final Map<Integer, List<Stored>> byIndex = new HashMap<>();

  NeighborStore(NeighborTable table, InstantSource clock) {
    this.table = table;
    this.clock = clock;
  }

  @Override
  public EmbeddingSpace space() {
    return table.space();
  }

  @Override
  public synchronized Optional<CacheEntry> find(String key) {
    Instant now = clock.instant();
    return Optional.ofNullable(byKey.get(key))
        .filter(stored -> stored.isLiveAt(now))
        .map(stored -> stored.entry);
  }

  @Override
  public synchronized NearestEntries nearest(NearestQuery query) {
    Instant now = clock.instant();
    Predicate<Stored> isCandidate =
        stored ->
            stored.isLiveAt(now)
                && stored.entry.scope().equals(query.scope())
                && query.notBefore().filter(stored.entry.createdAt()::isBefore).isEmpty()
                && EntrySelector.ByTerms.matches(stored.terms, query.terms());
    int[] neighbors = table.neighbors(indexOf(query.embedding()));
    List<Match> matches = new ArrayList<>(query.k());
    for (int i = 0; i < neighbors.length && matches.size() < query.k(); i++) {
      addMatches(neighbors[i], query.embedding(), isCandidate, matches);
    }
    if (matches.size() < query.k() && neighbors.length < table.size()) {
      matches.clear();
      byIndex.keySet().forEach(index -> addMatches(index, query.embedding(), isCandidate, matches));
    }
    return new NearestEntries(matches.stream().sorted(NEAREST_FIRST).limit(query.k()).toList(), 0);
  }

  private void addMatches(
      int index, Embedding target, Predicate<Stored> isCandidate, List<Match> matches) {
    List<Stored> candidates = byIndex.getOrDefault(index, List.of());
    if (!candidates.isEmpty()) {
      double distance = target.cosineDistance(table.embedding(index));
      candidates.stream()
          .filter(isCandidate)
          .map(stored -> new Match(stored.entry, distance))
          .forEach(matches::add);
    }
  }

  private int indexOf(Embedding embedding) {
    Integer index = table.indexOf(embedding);
    if (index == null) {
      throw new IllegalArgumentException("embedding is not in the neighbor table");
    }
    return index;
  }

  @Override
  public synchronized int put(List<NewEntry> entries) {
    Instant now = clock.instant();
    for (NewEntry entry : entries) {
      delete(entry.entry().key());
      Integer index = entry.embedding().map(this::indexOf).orElse(null);
      Stored stored =
          new Stored(
              entry.entry(), entry.terms(), index, entry.timeToLive().map(now::plus).orElse(null));
      byKey.put(entry.entry().key(), stored);
      if (index != null) {
        byIndex.computeIfAbsent(index, absent -> new ArrayList<>()).add(stored);
      }
    }
    return 0;
  }

  @Override
  public synchronized Optional<CacheEntry> updateEntry(
      String key, UnaryOperator<CacheEntry> change) {
    Instant now = clock.instant();
    Optional<Stored> found =
        Optional.ofNullable(byKey.get(key)).filter(stored -> stored.isLiveAt(now));
    found.ifPresent(stored -> stored.entry = stored.entry.withChange(change));
    return found.map(stored -> stored.entry);
  }

  @Override
  public synchronized boolean expire(String key, Optional<Duration> timeToLive) {
    Instant now = clock.instant();
    Optional<Stored> found =
        Optional.ofNullable(byKey.get(key)).filter(stored -> stored.isLiveAt(now));
    found.ifPresent(stored -> stored.expiresAt = timeToLive.map(now::plus).orElse(null));
    return found.isPresent();
  }

  @Override
  public synchronized long remove(EntrySelector selector) {
    Instant now = clock.instant();
    List<Stored> selected = select(selector);
    selected.forEach(stored -> delete(stored.entry.key()));
    return selected.stream().filter(stored -> stored.isLiveAt(now)).count();
  }

  @Override
  public synchronized long count(EntrySelector selector) {
    Instant now = clock.instant();
    return select(selector).stream().filter(stored -> stored.isLiveAt(now)).count();
  }

  private List<Stored> select(EntrySelector selector) {
    return byKey.values().stream().filter(stored -> isSelected(stored, selector)).toList();
  }

  private static boolean isSelected(Stored stored, EntrySelector selector) {
    if (selector instanceof EntrySelector.ByKey byKey) {
      return stored.entry.key().equals(byKey.key());
    }
    if (selector instanceof EntrySelector.ByScope byScope) {
      return stored.entry.scope().equals(byScope.scope());
    }
    if (selector instanceof EntrySelector.ByTerm byTerm) {
      return stored.terms.contains(byTerm.term());
    }
    if (selector instanceof EntrySelector.ByTerms byTerms) {
      return EntrySelector.ByTerms.matches(stored.terms, byTerms.terms());
    }
    if (selector instanceof EntrySelector.CreatedBefore createdBefore) {
      return stored.entry.createdAt().isBefore(createdBefore.time());
    }
    return true;
  }

  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    return versions.of(dependencies);
  }

  @Override
  public void renewVersion(String dependency) {
    versions.renew(dependency);
  }

  private void delete(String key) {
    Stored removed = byKey.remove(key);
    if (removed != null && removed.index != null) {
      byIndex.computeIfPresent(
          removed.index,
          (index, stored) -> {
            stored.remove(removed);
            return stored.isEmpty() ? null : stored;
          });
    }
  }

  /** Does nothing, because the store holds no resources. */
  @Override
  public void close() {}

  private static final class Stored {
    private final @Nullable Integer index;
    private @Nullable Instant expiresAt;
    private final Set<String> terms;
    private CacheEntry entry;

    Stored(
        CacheEntry entry, Set<String> terms, @Nullable Integer index, @Nullable Instant expiresAt) {
      this.entry = entry;
      this.terms = terms;
      this.index = index;
      this.expiresAt = expiresAt;
    }

    boolean isLiveAt(Instant now) {
      return expiresAt == null || now.isBefore(expiresAt);
    }
  }
}
