package io.github.semcache.lucene;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import java.io.IOException;
import java.util.Set;
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

/** Maps entries to documents of the index. */
final class Documents {
  static final String EMBEDDING = "embedding";

  private static final String KEY = "key";
  private static final String SCOPE = "scope";
  private static final String TERM = "term";
  private static final String TERMS = "terms";

  /** The name is part of the index schema. */
  private static final String METADATA = "head";

  private static final String ENTRY = "entry";

  private Documents() {}

  static Document of(LogRecord.Put put) {
    Document document = new Document();
    document.add(new StringField(KEY, put.entry().key(), Field.Store.NO));
    document.add(new StringField(SCOPE, put.entry().scope(), Field.Store.NO));
    put.terms().forEach(term -> document.add(new StringField(TERM, term, Field.Store.NO)));
    document.add(new BinaryDocValuesField(TERMS, new BytesRef(String.join(",", put.terms()))));
    document.add(new BinaryDocValuesField(METADATA, new BytesRef(EntryMetadata.of(put).encode())));
    document.add(new BinaryDocValuesField(ENTRY, new BytesRef(LogEntryCodec.encode(put.entry()))));
    // For vectors of length 1, the dot product equals the cosine and is cheaper to compute.
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

  /** Returns the index term of a {@linkplain LogRecord.Put#terms term of entries}. */
  static Term term(String term) {
    return new Term(TERM, term);
  }

  /** Reads the {@linkplain LogRecord.Put#terms terms} of a document. */
  static Set<String> terms(LeafReader segment, int document) throws IOException {
    BinaryDocValues terms = DocValues.getBinary(segment, TERMS);
    String joined = terms.advanceExact(document) ? terms.binaryValue().utf8ToString() : "";
    return joined.isEmpty() ? Set.of() : Set.of(joined.split(","));
  }

  /** Returns the metadata of a segment's documents. */
  static BinaryDocValues metadata(LeafReader segment) throws IOException {
    return DocValues.getBinary(segment, METADATA);
  }

  /**
   * Reads an entry.
   *
   * @throws StoreException.CorruptEntry if the document does not contain the entry of the reference
   */
  static CacheEntry read(LeafReader segment, int document, EntryRef ref) throws IOException {
    String description = "entry " + ref.key;
    BinaryDocValues entries = DocValues.getBinary(segment, ENTRY);
    if (!entries.advanceExact(document)) {
      throw new StoreException.CorruptEntry(description + " has no content", null);
    }
    BytesRef bytes = entries.binaryValue();
    CacheEntry entry =
        LogEntryCodec.decode(
            description, new RecordReader(bytes.bytes, bytes.offset, bytes.length));
    if (!entry.key().equals(ref.key) || !entry.scope().equals(ref.scope.hash)) {
      throw new StoreException.CorruptEntry(
          description + " has the content of another entry", null);
    }
    return entry;
  }
}
