package io.github.semcache.lucene;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.CorruptEntryException;
import java.io.IOException;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;

/** How an entry is laid out as a document of the index. */
final class Documents {
  static final String EMBEDDING = "embedding";

  private static final String KEY = "key";
  private static final String SCOPE = "scope";
  private static final String HEAD = "head";
  private static final String ENTRY = "entry";

  private Documents() {}

  static Document of(LogRecord.Put put) {
    Document document = new Document();
    document.add(new StringField(KEY, put.entry().key(), Field.Store.NO));
    document.add(new StringField(SCOPE, put.entry().scope(), Field.Store.NO));
    document.add(new BinaryDocValuesField(HEAD, new BytesRef(EntryMetadata.of(put).encode())));
    document.add(new BinaryDocValuesField(ENTRY, new BytesRef(LogEntryCodec.encode(put.entry()))));
    // The dot product of vectors of length 1 is their cosine, and cheaper.
    put.embedding()
        .ifPresent(
            embedding ->
                document.add(
                    new KnnFloatVectorField(
                        EMBEDDING, embedding.toArray(), VectorSimilarityFunction.DOT_PRODUCT)));
    return document;
  }

  static Term key(String key) {
    return new Term(KEY, key);
  }

  static Term scope(String hash) {
    return new Term(SCOPE, hash);
  }

  /** The heads of a segment, to be visited in the order of its documents. */
  static BinaryDocValues heads(LeafReader segment) throws IOException {
    return DocValues.getBinary(segment, HEAD);
  }

  /**
   * Reads an entry.
   *
   * @throws CorruptEntryException if what is there is not the entry that the catalog knows
   */
  static CacheEntry read(LeafReader segment, int document, EntryRef slot) throws IOException {
    String what = "entry " + slot.key;
    BinaryDocValues entries = DocValues.getBinary(segment, ENTRY);
    if (!entries.advanceExact(document)) {
      throw new CorruptEntryException(what + " has no content", null);
    }
    BytesRef bytes = entries.binaryValue();
    CacheEntry entry =
        LogEntryCodec.decode(what, new RecordReader(bytes.bytes, bytes.offset, bytes.length));
    if (!entry.key().equals(slot.key) || !entry.scope().equals(slot.scope.hash)) {
      throw new CorruptEntryException(what + " has the content of another entry", null);
    }
    return entry;
  }
}
