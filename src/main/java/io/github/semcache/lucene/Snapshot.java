package io.github.semcache.lucene;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ScoreDoc;
import org.jspecify.annotations.Nullable;

/** A point-in-time view of the index. Immutable, except for the state of the references. */
final class Snapshot implements Closeable {
  /** With fewer candidates, even the search of a small graph often ends in a local optimum. */
  private static final int MIN_CANDIDATES = 8;

  private static final int MERGE_FRACTION = 5;

  /** The scores of quantized vectors differ by about 0.001 from the exact ones. */
  private static final int COMPARED_PER_RESULT = 2;

  private static final int MIN_COMPARED = 20;

  private final DirectoryReader reader;
  private final List<Segment> segments;
  private final long size;

  private Snapshot(DirectoryReader reader, List<Segment> segments) {
    this.reader = reader;
    this.segments = segments;
    this.size = segments.stream().mapToLong(Segment::size).sum();
  }

  /**
   * Opens a snapshot.
   *
   * @param reader a reader of the index; closed with the snapshot
   * @param resolve returns the reference of a document, or null if its version is not live
   */
  static Snapshot of(DirectoryReader reader, Function<EntryMetadata, @Nullable EntryRef> resolve)
      throws IOException {
    return of(reader, Map.of(), resolve);
  }

  /**
   * Opens a later snapshot. It shares the unchanged segments with this one.
   *
   * @param later a later reader of the index; closed with the later snapshot
   * @param resolve returns the reference of a document, or null if its version is not live
   */
  Snapshot refresh(DirectoryReader later, Function<EntryMetadata, @Nullable EntryRef> resolve)
      throws IOException {
    Map<Object, Segment> loaded = new HashMap<>();
    segments.forEach(segment -> loaded.put(coreKey(segment.reader()), segment));
    return of(later, loaded, resolve);
  }

  private static Snapshot of(
      DirectoryReader reader,
      Map<Object, Segment> loaded,
      Function<EntryMetadata, @Nullable EntryRef> resolve)
      throws IOException {
    List<Segment> segments = new ArrayList<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      Segment known = loaded.get(coreKey(leaf.reader()));
      segments.add(
          known != null ? known.with(leaf.reader()) : Segment.load(leaf.reader(), resolve));
    }
    return new Snapshot(reader, segments);
  }

  /** Returns an object that identifies the segment of a reader, not its deleted documents. */
  private static Object coreKey(LeafReader reader) {
    return reader.getCoreCacheHelper().getKey();
  }

  /**
   * Returns whether the segments should be merged into one. A search of one segment takes less time
   * than that of several with the same entries. The merge writes all entries again, so it is due
   * only if the other segments have at least a fifth as many documents as the largest.
   */
  boolean isMergeDue() {
    long largest = segments.stream().mapToLong(Segment::size).max().orElse(0);
    return segments.size() > 1 && (size - largest) * MERGE_FRACTION >= largest;
  }

  /**
   * Offers the nearest entries to a search.
   *
   * @param candidates the number of candidates to track, in all segments together
   */
  void search(NearestSearch search, float[] target, int candidates) throws IOException {
    List<Candidate> found = new ArrayList<>();
    for (Segment segment : segments) {
      int proportional = (int) Math.ceil((double) candidates * segment.size() / size);
      int tracked = Math.max(proportional, Math.max(search.k, MIN_CANDIDATES));
      for (ScoreDoc document : segment.search(search, target, tracked)) {
        found.add(new Candidate(segment, document));
      }
    }
    found.sort(Comparator.comparingDouble(Candidate::score).reversed());
    offer(search, found.subList(0, Math.min(found.size(), compared(search.k))));
  }

  /** Returns the number of candidates whose exact distances are computed. */
  private static int compared(int k) {
    return Math.max(MIN_COMPARED, COMPARED_PER_RESULT * k);
  }

  private void offer(NearestSearch search, List<Candidate> nearest) throws IOException {
    for (Segment segment : segments) {
      int[] documents =
          nearest.stream()
              .filter(candidate -> candidate.segment == segment)
              .mapToInt(candidate -> candidate.document.doc)
              .sorted()
              .toArray();
      if (documents.length > 0) {
        segment.offer(search, documents);
      }
    }
  }

  /** A document that may be among the nearest. Its score is computed from the quantized vector. */
  private record Candidate(Segment segment, ScoreDoc document) {
    double score() {
      return document.score;
    }
  }

  /** Returns the entries with at least one of several terms that were not deleted. */
  Set<EntryRef> withAnyTerm(Set<String> terms) throws IOException {
    Set<EntryRef> found = new LinkedHashSet<>();
    for (Segment segment : segments) {
      for (String term : terms) {
        segment.addWithTerm(term, found);
      }
    }
    return found;
  }

  /**
   * Reads an entry.
   *
   * @throws StoreException.CorruptEntry if it is damaged or missing
   */
  CacheEntry read(EntryRef ref) throws IOException {
    return read(ref, (segment, document) -> segment.read(document, ref));
  }

  /**
   * Reads the terms of an entry.
   *
   * @throws StoreException.CorruptEntry if it is missing
   */
  Set<String> terms(EntryRef ref) throws IOException {
    return read(ref, Segment::terms);
  }

  /**
   * Reads an entry with its embedding and expiry.
   *
   * @throws StoreException.CorruptEntry if it is damaged or missing
   */
  LogRecord.Put readVersion(EntryRef ref) throws IOException {
    return read(
        ref,
        (segment, document) ->
            new LogRecord.Put(
                ref.sequence,
                segment.read(document, ref),
                segment.embedding(document),
                ref.expiresAt,
                segment.terms(document)));
  }

  /** Reads a value from a document. */
  private interface DocumentReader<T> {
    T read(Segment segment, int document) throws IOException;
  }

  private <T> T read(EntryRef ref, DocumentReader<T> documentReader) throws IOException {
    for (Segment segment : segments) {
      int document = segment.find(ref);
      if (document >= 0) {
        return documentReader.read(segment, document);
      }
    }
    throw new StoreException.CorruptEntry("entry " + ref.key + " is missing in the index", null);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
