package io.github.semcache.lucene;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.CacheEntry;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Function;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/** One segment of the index: its documents, and the slots that they belong to. */
final class Segment {
  /**
   * How many vectors can be scanned in the time that the search of a graph takes for each candidate
   * that it keeps: it compares about 16, each at 1.5 times the cost.
   */
  private static final int SCANNED_PER_CANDIDATE = 24;

  private final LeafReader reader;
  private final @Nullable EntryRef[] slots;

  private Segment(LeafReader reader, @Nullable EntryRef[] slots) {
    this.reader = reader;
    this.slots = slots;
  }

  /**
   * Reads the heads of a segment's documents.
   *
   * @param slotOf the slot of a head, or null if the document belongs to none that lives
   */
  static Segment load(LeafReader reader, Function<EntryMetadata, @Nullable EntryRef> slotOf)
      throws IOException {
    @Nullable EntryRef[] slots = new EntryRef[reader.maxDoc()];
    Bits live = reader.getLiveDocs();
    BinaryDocValues heads = Documents.heads(reader);
    for (int doc = heads.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = heads.nextDoc()) {
      if (live == null || live.get(doc)) {
        slots[doc] = slotOf.apply(EntryMetadata.decode(heads.binaryValue()));
      }
    }
    return new Segment(reader, slots);
  }

  /** The same documents, seen through a later reader. */
  Segment in(LeafReader later) {
    return new Segment(later, slots);
  }

  LeafReader reader() {
    return reader;
  }

  int size() {
    return slots.length;
  }

  /** The document that a slot belongs to, or -1. */
  int find(EntryRef slot) throws IOException {
    PostingsEnum documents = reader.postings(Documents.key(slot.key), PostingsEnum.NONE);
    if (documents != null) {
      for (int doc = documents.nextDoc();
          doc != DocIdSetIterator.NO_MORE_DOCS;
          doc = documents.nextDoc()) {
        if (slots[doc] == slot) {
          return doc;
        }
      }
    }
    return -1;
  }

  /** Reads the entry of a document. */
  CacheEntry read(int document, EntryRef ref) throws IOException {
    return Documents.read(reader, document, ref);
  }

  /** Reads the embedding of a document, which has length 1; empty if it has none. */
  Optional<Embedding> embedding(int document) throws IOException {
    FloatVectorValues vectors = reader.getFloatVectorValues(Documents.EMBEDDING);
    return vectors != null && vectors.advance(document) == document
        ? Optional.of(Embedding.of(vectors.vectorValue()))
        : Optional.empty();
  }

  /**
   * Offers the nearest documents to a search.
   *
   * @param candidates how many to keep while following the graph, at least one
   */
  void search(NearestSearch search, float[] target, int candidates) throws IOException {
    int inScope = reader.docFreq(Documents.scope(search.scope.hash));
    if (inScope == 0 || reader.getFloatVectorValues(Documents.EMBEDDING) == null) {
      return;
    }
    KnnCollector nearest = new TopKnnCollector(Math.min(candidates, inScope), inScope);
    if (isCheaperToScan(inScope, candidates)) {
      scan(search, target, nearest);
    } else {
      reader.searchNearestVectors(Documents.EMBEDDING, target, nearest, accepted(search));
      if (nearest.earlyTerminated()) {
        nearest = new TopKnnCollector(nearest.k(), Integer.MAX_VALUE);
        scan(search, target, nearest);
      }
    }
    offer(search, nearest.topDocs().scoreDocs);
  }

  /** The search of a graph also meets the documents of other scopes. */
  private boolean isCheaperToScan(int inScope, int candidates) {
    double scannedWhileFollowing = (double) SCANNED_PER_CANDIDATE * candidates * size() / inScope;
    return inScope <= scannedWhileFollowing;
  }

  private Bits accepted(NearestSearch search) {
    return new Bits() {
      @Override
      public boolean get(int doc) {
        return search.accepts(slots[doc]);
      }

      @Override
      public int length() {
        return slots.length;
      }
    };
  }

  private void scan(NearestSearch search, float[] target, KnnCollector nearest) throws IOException {
    PostingsEnum inScope = reader.postings(Documents.scope(search.scope.hash), PostingsEnum.NONE);
    VectorScorer scorer = reader.getFloatVectorValues(Documents.EMBEDDING).scorer(target);
    if (inScope == null || scorer == null) {
      return;
    }
    DocIdSetIterator vectors = scorer.iterator();
    for (int doc = inScope.nextDoc();
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = inScope.nextDoc()) {
      if (search.accepts(slots[doc])
          && (vectors.docID() == doc || (vectors.docID() < doc && vectors.advance(doc) == doc))) {
        nearest.collect(doc, scorer.score());
      }
    }
  }

  /** Measures the best of the candidates exactly: a score has float precision. */
  private void offer(NearestSearch search, ScoreDoc[] candidates) throws IOException {
    ScoreDoc[] best = Arrays.copyOf(candidates, Math.min(search.k, candidates.length));
    Arrays.sort(best, Comparator.comparingInt(candidate -> candidate.doc));
    FloatVectorValues vectors = reader.getFloatVectorValues(Documents.EMBEDDING);
    for (ScoreDoc candidate : best) {
      EntryRef slot = slots[candidate.doc];
      if (slot != null && vectors.advance(candidate.doc) == candidate.doc) {
        search.offer(slot, Embedding.of(vectors.vectorValue()));
      }
    }
  }
}
