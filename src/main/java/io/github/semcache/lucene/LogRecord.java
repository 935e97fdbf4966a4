package io.github.semcache.lucene;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A change to the store, as it stands in the log. Later changes have higher sequence numbers. */
sealed interface LogRecord {
  /** The first byte of a {@link Put} with an embedding. */
  byte PUT = 1;

  /** The first byte of a {@link Put} without one. */
  byte PUT_WITHOUT_EMBEDDING = 2;

  /** The first byte of a {@link Remove} of one entry. */
  byte REMOVE_KEY = 3;

  /** The first byte of a {@link Remove} of a scope. */
  byte REMOVE_SCOPE = 4;

  /** The first byte of a {@link Remove} of all entries. */
  byte REMOVE_ALL = 5;

  long sequence();

  byte[] encode();

  /**
   * A new version of an entry.
   *
   * @param expiresAt the millisecond from which on it is no longer served
   * @param embedding of length 1
   */
  record Put(long sequence, CacheEntry entry, Optional<Embedding> embedding, long expiresAt)
      implements LogRecord {
    @Override
    public byte[] encode() {
      RecordWriter writer =
          new RecordWriter()
              .tag(embedding.isPresent() ? PUT : PUT_WITHOUT_EMBEDDING)
              .number(sequence)
              .number(expiresAt);
      embedding.ifPresent(vector -> writer.floats(vector.toArray()));
      return writer.bytes(LogEntryCodec.encode(entry)).toArray();
    }

    /** About how many bytes of heap it takes. */
    long heapBytes() {
      return 512L
          + 2L * (entry.prompt().length() + entry.answer().length())
          + entry.attributes().size() * 256L
          + embedding.map(vector -> (long) Float.BYTES * vector.dimension()).orElse(0L);
    }
  }

  /** The removal of all entries that are selected at this point of the log. */
  record Remove(long sequence, EntrySelector selection) implements LogRecord {
    @Override
    public byte[] encode() {
      RecordWriter writer = new RecordWriter();
      if (selection instanceof EntrySelector.ByKey byKey) {
        writer.tag(REMOVE_KEY).number(sequence).text(byKey.key());
      } else if (selection instanceof EntrySelector.ByScope byScope) {
        writer.tag(REMOVE_SCOPE).number(sequence).text(byScope.scope());
      } else {
        writer.tag(REMOVE_ALL).number(sequence);
      }
      return writer.toArray();
    }
  }

  /**
   * Reads a record.
   *
   * @throws IllegalArgumentException if the bytes are none, though their checksum was right
   */
  static LogRecord decode(ByteBuffer bytes) {
    RecordReader reader = new RecordReader(bytes);
    byte tag = reader.tag();
    long sequence = reader.longNumber();
    return switch (tag) {
      case PUT, PUT_WITHOUT_EMBEDDING -> {
        long expiresAt = reader.longNumber();
        Optional<Embedding> embedding =
            tag == PUT ? Optional.of(Embedding.of(reader.floats())) : Optional.empty();
        byte[] entry = reader.bytes();
        yield new Put(
            sequence,
            LogEntryCodec.decode("entry in the log", new RecordReader(entry, 0, entry.length)),
            embedding,
            expiresAt);
      }
      case REMOVE_KEY -> new Remove(sequence, new EntrySelector.ByKey(reader.text()));
      case REMOVE_SCOPE -> new Remove(sequence, new EntrySelector.ByScope(reader.text()));
      case REMOVE_ALL -> new Remove(sequence, new EntrySelector.All());
      default ->
          throw new IllegalArgumentException("the log holds a record of unknown kind " + tag);
    };
  }
}
