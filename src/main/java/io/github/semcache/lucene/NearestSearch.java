package io.github.semcache.lucene;

import io.github.semcache.embedding.Embedding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** One search for nearest entries: what it may return, and the best that it has met so far. */
final class NearestSearch {
  /** A slot and its distance. */
  record Hit(EntryRef slot, double distance) {}

  final Embedding embedding;
  final ScopeEntryRefs scope;
  final int k;
  private final long now;
  private final long notBefore;
  private final Nearest nearest;

  NearestSearch(Embedding embedding, ScopeEntryRefs scope, int k, long now, long notBefore) {
    this.embedding = embedding;
    this.scope = scope;
    this.k = Math.min(k, scope.size);
    this.now = now;
    this.notBefore = notBefore;
    this.nearest = new Nearest(this.k);
  }

  boolean accepts(@Nullable EntryRef slot) {
    return slot != null
        && slot.scope == scope
        && !slot.gone
        && slot.livesAt(now)
        && slot.createdAt >= notBefore;
  }

  /** Keeps a slot that it accepts, if it is among the nearest. */
  void offer(EntryRef slot, Embedding stored) {
    nearest.insertWithOverflow(new Hit(slot, embedding.cosineDistance(stored)));
  }

  /** Nearest first. Ends the search. */
  List<Hit> hits() {
    List<Hit> hits = new ArrayList<>();
    while (nearest.size() > 0) {
      hits.add(nearest.pop());
    }
    Collections.reverse(hits);
    return hits;
  }

  /** The farthest is on top. */
  private static final class Nearest extends PriorityQueue<Hit> {
    Nearest(int k) {
      super(k);
    }

    @Override
    protected boolean lessThan(Hit a, Hit b) {
      return a.distance > b.distance;
    }
  }
}
