package io.github.semcache.lucene;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.CorruptEntryException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.jspecify.annotations.Nullable;

/** The index at one point in time. Immutable, but for what the slots say. */
final class Snapshot implements Closeable {
  /** With fewer, the search of even a small graph often ends at the wrong place. */
  private static final int MIN_CANDIDATES = 8;

  private final DirectoryReader reader;
  private final List<Segment> segments;
  private final long size;

  private Snapshot(DirectoryReader reader, List<Segment> segments) {
    this.reader = reader;
    this.segments = segments;
    this.size = segments.stream().mapToLong(Segment::size).sum();
  }

  /** Opens what a reader shows; the reader is closed with the snapshot. */
  static Snapshot of(DirectoryReader reader, Function<EntryMetadata, @Nullable EntryRef> slotOf)
      throws IOException {
    return of(reader, Map.of(), slotOf);
  }

  /**
   * A later snapshot, which shares what has stayed the same.
   *
   * @param slotOf the slot of a head, or null if its version no longer lives
   */
  Snapshot later(DirectoryReader later, Function<EntryMetadata, @Nullable EntryRef> slotOf)
      throws IOException {
    Map<Object, Segment> known = new HashMap<>();
    segments.forEach(segment -> known.put(identity(segment.reader()), segment));
    return of(later, known, slotOf);
  }

  private static Snapshot of(
      DirectoryReader reader,
      Map<Object, Segment> known,
      Function<EntryMetadata, @Nullable EntryRef> slotOf)
      throws IOException {
    List<Segment> segments = new ArrayList<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      Segment same = known.get(identity(leaf.reader()));
      segments.add(same != null ? same.in(leaf.reader()) : Segment.load(leaf.reader(), slotOf));
    }
    return new Snapshot(reader, segments);
  }

  private static Object identity(LeafReader reader) {
    return reader.getCoreCacheHelper().getKey();
  }

  DirectoryReader reader() {
    return reader;
  }

  /**
   * Offers the nearest entries to a search.
   *
   * @param candidates how many to keep in view, in all segments together
   */
  void search(NearestSearch search, float[] target, int candidates) throws IOException {
    for (Segment segment : segments) {
      int share = (int) Math.ceil((double) candidates * segment.size() / size);
      segment.search(search, target, Math.max(share, Math.max(search.k, MIN_CANDIDATES)));
    }
  }

  /**
   * Reads the entry of a slot.
   *
   * @throws CorruptEntryException if it is damaged or missing
   */
  CacheEntry read(EntryRef slot) throws IOException {
    return read(slot, (segment, document) -> segment.read(document, slot));
  }

  /**
   * Reads an entry with its embedding and expiry.
   *
   * @throws CorruptEntryException if it is damaged or missing
   */
  LogRecord.Put readVersion(EntryRef ref) throws IOException {
    return read(
        ref,
        (segment, document) ->
            new LogRecord.Put(
                ref.sequence,
                segment.read(document, ref),
                segment.embedding(document),
                ref.expiresAt));
  }

  /** Reads one thing of a document. */
  private interface DocumentReader<T> {
    T read(Segment segment, int document) throws IOException;
  }

  private <T> T read(EntryRef ref, DocumentReader<T> reader) throws IOException {
    for (Segment segment : segments) {
      int document = segment.find(ref);
      if (document >= 0) {
        return reader.read(segment, document);
      }
    }
    throw new CorruptEntryException("entry " + ref.key + " is missing in the index", null);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
