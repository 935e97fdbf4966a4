package io.github.semcache.lucene;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.CacheEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.apache.lucene.util.IOSupplier;
import org.apache.lucene.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A nearest-neighbor search in progress: its filter and its nearest hits so far. */
final class NearestSearch {
  /**
   * An entry and its distance.
   *
   * @param content reads the entry
   */
  record Hit(EntryRef ref, double distance, IOSupplier<CacheEntry> content) {}

  final Embedding embedding;
  final ScopeRef scope;
  final int k;
  private final long now;
  private final long notBefore;
  private final @Nullable Set<EntryRef> candidates;
  private final HitQueue nearest;

  /**
   * Creates a search.
   *
   * @param candidates the entries to consider; null for all entries of the scope
   */
  NearestSearch(
      Embedding embedding,
      ScopeRef scope,
      int k,
      long now,
      long notBefore,
      @Nullable Set<EntryRef> candidates) {
    this.embedding = embedding;
    this.scope = scope;
    this.k = Math.min(k, scope.size);
    this.now = now;
    this.notBefore = notBefore;
    this.candidates = candidates;
    this.nearest = new HitQueue(this.k);
  }

  boolean accepts(@Nullable EntryRef ref) {
    return ref != null
        && ref.scope == scope
        && !ref.deleted
        && ref.isLiveAt(now)
        && ref.createdAt >= notBefore
        && (candidates == null || candidates.contains(ref));
  }

  /**
   * Adds an accepted entry, if it is among the k nearest.
   *
   * @param content reads the entry
   */
  void offer(EntryRef ref, Embedding stored, IOSupplier<CacheEntry> content) {
    nearest.insertWithOverflow(new Hit(ref, embedding.cosineDistance(stored), content));
  }

  /** Returns the nearest entries, sorted by distance. May be called once. */
  List<Hit> hits() {
    List<Hit> hits = new ArrayList<>();
    while (nearest.size() > 0) {
      hits.add(nearest.pop());
    }
    Collections.reverse(hits);
    return hits;
  }

  /** A queue with the farthest hit at its head. */
  private static final class HitQueue extends PriorityQueue<Hit> {
    HitQueue(int k) {
      super(k);
    }

    @Override
    protected boolean lessThan(Hit a, Hit b) {
      return a.distance > b.distance;
    }
  }
}
