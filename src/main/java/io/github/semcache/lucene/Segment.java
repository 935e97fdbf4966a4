package io.github.semcache.lucene;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.CacheEntry;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/** A segment of the index: its documents and the references that they belong to. */
final class Segment {
  /**
   * The number of vectors that can be scanned in the time that a graph search takes per candidate.
   * A graph search compares about 16 vectors per candidate, each at 1.5 times the cost.
   */
  private static final int SCANNED_PER_CANDIDATE = 24;

  /** The number of vectors up to which a scan compares them with full precision. */
  private static final int PRECISE_SCAN = 1_000;

  private final LeafReader reader;

  /** By document number; null if the document's version was not live when it was loaded. */
  private final @Nullable EntryRef[] refs;

  private Segment(LeafReader reader, @Nullable EntryRef[] refs) {
    this.reader = reader;
    this.refs = refs;
  }

  /**
   * Loads the metadata of a segment's documents.
   *
   * @param resolve returns the reference of a document, or null if its version is not live
   */
  static Segment load(LeafReader reader, Function<EntryMetadata, @Nullable EntryRef> resolve)
      throws IOException {
    @Nullable EntryRef[] refs = new EntryRef[reader.maxDoc()];
    Bits live = reader.getLiveDocs();
    BinaryDocValues metadata = Documents.metadata(reader);
    for (int doc = metadata.nextDoc();
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = metadata.nextDoc()) {
      if (live == null || live.get(doc)) {
        refs[doc] = resolve.apply(EntryMetadata.decode(metadata.binaryValue()));
      }
    }
    return new Segment(reader, refs);
  }

  /** Returns the same segment with a later reader, which may have more deleted documents. */
  Segment with(LeafReader later) {
    return new Segment(later, refs);
  }

  LeafReader reader() {
    return reader;
  }

  int size() {
    return refs.length;
  }

  /** Returns the document number of an entry, or -1. */
  int find(EntryRef ref) throws IOException {
    PostingsEnum documents = reader.postings(Documents.key(ref.key), PostingsEnum.NONE);
    if (documents != null) {
      for (int doc = documents.nextDoc();
          doc != DocIdSetIterator.NO_MORE_DOCS;
          doc = documents.nextDoc()) {
        if (refs[doc] == ref) {
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

  /** Reads the terms of a document. */
  Set<String> terms(int document) throws IOException {
    return Documents.terms(reader, document);
  }

  /** Adds the entries with a term that were not deleted. */
  void addWithTerm(String term, Set<EntryRef> found) throws IOException {
    PostingsEnum documents = reader.postings(Documents.term(term), PostingsEnum.NONE);
    if (documents == null) {
      return;
    }
    for (int doc = documents.nextDoc();
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = documents.nextDoc()) {
      EntryRef ref = refs[doc];
      if (ref != null && !ref.deleted) {
        found.add(ref);
      }
    }
  }

  /** Reads the embedding of a document, a vector of length 1; empty if it has none. */
  Optional<Embedding> embedding(int document) throws IOException {
    FloatVectorValues vectors = reader.getFloatVectorValues(Documents.EMBEDDING);
    return vectors != null && vectors.advance(document) == document
        ? Optional.of(Embedding.of(vectors.vectorValue()))
        : Optional.empty();
  }

  /**
   * Finds the documents that are nearest to a query.
   *
   * @param candidates the number of candidates that a graph search tracks, at least 1
   * @return up to that number of documents with their approximate scores
   */
  ScoreDoc[] search(NearestSearch search, float[] target, int candidates) throws IOException {
    int inScope = reader.docFreq(Documents.scope(search.scope.hash));
    if (inScope == 0 || reader.getFloatVectorValues(Documents.EMBEDDING) == null) {
      return new ScoreDoc[0];
    }
    KnnCollector nearest = new TopKnnCollector(Math.min(candidates, inScope), inScope);
    if (isScanCheaper(inScope, candidates)) {
      scan(search, scorer(target, inScope <= PRECISE_SCAN), nearest);
    } else {
      reader.searchNearestVectors(Documents.EMBEDDING, target, nearest, acceptedBy(search));
      if (nearest.earlyTerminated()) {
        nearest = new TopKnnCollector(nearest.k(), Integer.MAX_VALUE);
        scan(search, scorer(target, false), nearest);
      }
    }
    return nearest.topDocs().scoreDocs;
  }

  /** A graph search visits the documents of other scopes, too. */
  private boolean isScanCheaper(int inScope, int candidates) {
    double scannedInSameTime = (double) SCANNED_PER_CANDIDATE * candidates * size() / inScope;
    return inScope <= scannedInSameTime;
  }

  private Bits acceptedBy(NearestSearch search) {
    return new Bits() {
      @Override
      public boolean get(int doc) {
        return search.accepts(refs[doc]);
      }

      @Override
      public int length() {
        return refs.length;
      }
    };
  }

  /**
   * Returns a scorer of all documents with a vector.
   *
   * @param precise whether to compare the vectors with full precision and not the quantized ones
   */
  private @Nullable VectorScorer scorer(float[] target, boolean precise) throws IOException {
    FloatVectorValues vectors = reader.getFloatVectorValues(Documents.EMBEDDING);
    return precise ? new PreciseScorer(vectors, target) : vectors.scorer(target);
  }

  private static final class PreciseScorer implements VectorScorer {
    private final FloatVectorValues vectors;
    private final float[] target;

    PreciseScorer(FloatVectorValues vectors, float[] target) {
      this.vectors = vectors;
      this.target = target;
    }

    @Override
    public float score() throws IOException {
      return VectorSimilarityFunction.DOT_PRODUCT.compare(target, vectors.vectorValue());
    }

    @Override
    public DocIdSetIterator iterator() {
      return vectors;
    }
  }

  private void scan(NearestSearch search, @Nullable VectorScorer scorer, KnnCollector nearest)
      throws IOException {
    PostingsEnum inScope = reader.postings(Documents.scope(search.scope.hash), PostingsEnum.NONE);
    if (inScope == null || scorer == null) {
      return;
    }
    DocIdSetIterator vectors = scorer.iterator();
    for (int doc = inScope.nextDoc();
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = inScope.nextDoc()) {
      if (search.accepts(refs[doc])
          && (vectors.docID() == doc || (vectors.docID() < doc && vectors.advance(doc) == doc))) {
        nearest.collect(doc, scorer.score());
      }
    }
  }

  /**
   * Offers documents to a search with their exact distances.
   *
   * @param documents documents with a vector, in ascending order
   */
  void offer(NearestSearch search, int[] documents) throws IOException {
    FloatVectorValues vectors = reader.getFloatVectorValues(Documents.EMBEDDING);
    for (int document : documents) {
      EntryRef ref = refs[document];
      if (ref != null && vectors.advance(document) == document) {
        search.offer(ref, Embedding.of(vectors.vectorValue()), () -> read(document, ref));
      }
    }
  }
}
