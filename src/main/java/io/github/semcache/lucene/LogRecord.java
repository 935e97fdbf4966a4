package io.github.semcache.lucene;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A change in the write-ahead log. Sequence numbers increase from one change to the next. */
sealed interface LogRecord {
  /** The first byte of a {@link Put} with an embedding. */
  byte PUT = 1;

  /** The first byte of a {@link Put} without an embedding. */
  byte PUT_WITHOUT_EMBEDDING = 2;

  /** The first byte of a {@link Remove} of one entry. */
  byte REMOVE_KEY = 3;

  /** The first byte of a {@link Remove} of a scope. */
  byte REMOVE_SCOPE = 4;

  /** The first byte of a {@link Remove} of all entries. */
  byte REMOVE_ALL = 5;

  /** The first byte of a {@link Remove} of the entries with a term. */
  byte REMOVE_TERM = 6;

  /** The first byte of a {@link Remove} of the entries created before a time. */
  byte REMOVE_CREATED_BEFORE = 7;

  /** The type of a {@link Remove} of the entries with terms. */
  byte REMOVE_TERMS = 8;

  long sequence();

  byte[] encode();

  /**
   * A new version of an entry.
   *
   * @param expiresAt the expiry in milliseconds since the epoch, or {@link EntryRef#NEVER}
   * @param embedding a vector of length 1
   * @param terms the terms by which the entry can be selected
   */
  record Put(
      long sequence,
      CacheEntry entry,
      Optional<Embedding> embedding,
      long expiresAt,
      Set<String> terms)
      implements LogRecord {

    /** Creates a version without terms. */
    Put(long sequence, CacheEntry entry, Optional<Embedding> embedding, long expiresAt) {
      this(sequence, entry, embedding, expiresAt, Set.of());
    }

    @Override
    public byte[] encode() {
      RecordWriter writer =
          new RecordWriter()
              .putByte(embedding.isPresent() ? PUT : PUT_WITHOUT_EMBEDDING)
              .putLong(sequence)
              .putLong(expiresAt);
      embedding.ifPresent(vector -> writer.putFloats(vector.toArray()));
      putTerms(writer.putBytes(LogEntryCodec.encode(entry)), terms);
      return writer.toArray();
    }

    /** Estimates the size of this record on the heap. */
    long heapBytes() {
      return 512L
          + 2L * (entry.prompt().length() + entry.answer().length())
          + entry.attributes().size() * 256L
          + terms.size() * 80L
          + embedding.map(vector -> (long) Float.BYTES * vector.dimension()).orElse(0L);
    }
  }

  /** The removal of all entries that the selector matches at this point of the log. */
  record Remove(long sequence, EntrySelector selector) implements LogRecord {
    @Override
    public byte[] encode() {
      RecordWriter writer = new RecordWriter();
      if (selector instanceof EntrySelector.ByKey byKey) {
        writer.putByte(REMOVE_KEY).putLong(sequence).putString(byKey.key());
      } else if (selector instanceof EntrySelector.ByScope byScope) {
        writer.putByte(REMOVE_SCOPE).putLong(sequence).putString(byScope.scope());
      } else if (selector instanceof EntrySelector.ByTerm byTerm) {
        writer.putByte(REMOVE_TERM).putLong(sequence).putString(byTerm.term());
      } else if (selector instanceof EntrySelector.ByTerms byTerms) {
        writer.putByte(REMOVE_TERMS).putLong(sequence).putInt(byTerms.terms().size());
        byTerms.terms().forEach(anyOf -> putTerms(writer, anyOf));
      } else if (selector instanceof EntrySelector.CreatedBefore createdBefore) {
        long millis = EntryMetadata.toMillis(createdBefore.time());
        writer.putByte(REMOVE_CREATED_BEFORE).putLong(sequence).putLong(millis);
      } else {
        writer.putByte(REMOVE_ALL).putLong(sequence);
      }
      return writer.toArray();
    }
  }

  /**
   * Decodes a record.
   *
   * @throws IllegalArgumentException if the bytes, whose checksum matched, are not a record
   */
  static LogRecord decode(ByteBuffer bytes) {
    RecordReader reader = new RecordReader(bytes);
    byte type = reader.getByte();
    long sequence = reader.getLong();
    return switch (type) {
      case PUT, PUT_WITHOUT_EMBEDDING -> {
        long expiresAt = reader.getLong();
        Optional<Embedding> embedding =
            type == PUT ? Optional.of(Embedding.of(reader.getFloats())) : Optional.empty();
        byte[] entry = reader.getBytes();
        yield new Put(
            sequence,
            LogEntryCodec.decode("entry in the log", new RecordReader(entry, 0, entry.length)),
            embedding,
            expiresAt,
            terms(reader));
      }
      case REMOVE_KEY -> new Remove(sequence, new EntrySelector.ByKey(reader.getString()));
      case REMOVE_SCOPE -> new Remove(sequence, new EntrySelector.ByScope(reader.getString()));
      case REMOVE_ALL -> new Remove(sequence, new EntrySelector.All());
      case REMOVE_TERM -> new Remove(sequence, new EntrySelector.ByTerm(reader.getString()));
      case REMOVE_TERMS -> new Remove(sequence, new EntrySelector.ByTerms(termSets(reader)));
      case REMOVE_CREATED_BEFORE ->
          new Remove(
              sequence, new EntrySelector.CreatedBefore(Instant.ofEpochMilli(reader.getLong())));
      default ->
          throw new IllegalArgumentException("the log contains a record of unknown type " + type);
    };
  }

  private static void putTerms(RecordWriter writer, Set<String> terms) {
    writer.putInt(terms.size());
    terms.forEach(writer::putString);
  }

  private static List<Set<String>> termSets(RecordReader reader) {
    List<Set<String>> sets = new ArrayList<>();
    for (int i = reader.getInt(); i > 0; i--) {
      sets.add(terms(reader));
    }
    return sets;
  }

  private static Set<String> terms(RecordReader reader) {
    Set<String> terms = new HashSet<>();
    for (int i = reader.getInt(); i > 0; i--) {
      terms.add(reader.getString());
    }
    return terms;
  }
}
