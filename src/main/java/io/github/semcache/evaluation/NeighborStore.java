package io.github.semcache.evaluation;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.VectorStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A store that looks neighbors up in a {@link NeighborTable}; where the table does not reach far
 * enough, it compares with every entry. Knows only embeddings of the table. Methods are
 * synchronised but meant for one thread.
 */
final class NeighborStore implements VectorStore {
  private static final Comparator<Match> NEAREST_FIRST =
      Comparator.comparingDouble(Match::distance);

  private final NeighborTable table;
  private final InstantSource time;
  private final Map<String, Stored> byKey = new HashMap<>();
  private final Map<Integer, List<Stored>> byIndex = new HashMap<>();

  NeighborStore(NeighborTable table, InstantSource time) {
    this.table = table;
    this.time = time;
  }

  @Override
  public EmbeddingSpace space() {
    return table.space();
  }

  @Override
  public synchronized Optional<CacheEntry> find(String key) {
    Instant now = time.instant();
    return Optional.ofNullable(byKey.get(key))
        .filter(stored -> stored.livesAt(now))
        .map(stored -> stored.entry);
  }

  @Override
  public synchronized NearestEntries nearest(NearestQuery query) {
    Instant now = time.instant();
    Predicate<Stored> fits =
        stored ->
            stored.livesAt(now)
                && stored.entry.scope().equals(query.scope())
                && query.notBefore().filter(stored.entry.createdAt()::isBefore).isEmpty();
    int[] neighbors = table.neighbors(indexOf(query.embedding()));
    List<Match> matches = new ArrayList<>(query.k());
    for (int i = 0; i < neighbors.length && matches.size() < query.k(); i++) {
      collect(neighbors[i], query.embedding(), fits, matches);
    }
    if (matches.size() < query.k() && neighbors.length < table.size()) {
      matches.clear();
      byIndex.keySet().forEach(index -> collect(index, query.embedding(), fits, matches));
    }
    return new NearestEntries(matches.stream().sorted(NEAREST_FIRST).limit(query.k()).toList(), 0);
  }

  private void collect(int index, Embedding target, Predicate<Stored> fits, List<Match> matches) {
    List<Stored> candidates = byIndex.getOrDefault(index, List.of());
    if (!candidates.isEmpty()) {
      double distance = target.cosineDistance(table.embedding(index));
      candidates.stream()
          .filter(fits)
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
  public synchronized int put(List<NewEntry> insertions) {
    Instant now = time.instant();
    for (NewEntry insertion : insertions) {
      delete(insertion.entry().key());
      Integer index = insertion.embedding().map(this::indexOf).orElse(null);
      Stored stored =
          new Stored(insertion.entry(), index, insertion.timeToLive().map(now::plus).orElse(null));
      byKey.put(insertion.entry().key(), stored);
      if (index != null) {
        byIndex.computeIfAbsent(index, first -> new ArrayList<>()).add(stored);
      }
    }
    return 0;
  }

  @Override
  public synchronized Optional<CacheEntry> updateAttributes(
      String key, UnaryOperator<CacheEntry> change) {
    Instant now = time.instant();
    Optional<Stored> found =
        Optional.ofNullable(byKey.get(key)).filter(stored -> stored.livesAt(now));
    found.ifPresent(stored -> stored.entry = stored.entry.withChangedAttributes(change));
    return found.map(stored -> stored.entry);
  }

  @Override
  public synchronized long remove(EntrySelector selection) {
    Instant now = time.instant();
    List<Stored> selected =
        byKey.values().stream().filter(stored -> isSelected(stored, selection)).toList();
    selected.forEach(stored -> delete(stored.entry.key()));
    return selected.stream().filter(stored -> stored.livesAt(now)).count();
  }

  private static boolean isSelected(Stored stored, EntrySelector selection) {
    if (selection instanceof EntrySelector.ByKey byKey) {
      return stored.entry.key().equals(byKey.key());
    }
    return !(selection instanceof EntrySelector.ByScope byScope)
        || stored.entry.scope().equals(byScope.scope());
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

  /** Does nothing: there is nothing to release. */
  @Override
  public void close() {}

  private static final class Stored {
    private final @Nullable Integer index;
    private final @Nullable Instant expiresAt;
    private CacheEntry entry;

    Stored(CacheEntry entry, @Nullable Integer index, @Nullable Instant expiresAt) {
      this.entry = entry;
      this.index = index;
      this.expiresAt = expiresAt;
    }

    boolean livesAt(Instant now) {
      return expiresAt == null || now.isBefore(expiresAt);
    }
  }
}
