package io.github.semcache.lucene;

import java.time.Duration;
import java.time.Instant;
import org.apache.lucene.util.BytesRef;

/** What the heap keeps of an entry; the index has it beside the entry, to be read at opening. */
record EntryMetadata(String key, String scope, long sequence, long createdAt, long expiresAt) {

  static EntryMetadata of(LogRecord.Put put) {
    return new EntryMetadata(
        put.entry().key(),
        put.entry().scope(),
        put.sequence(),
        millis(put.entry().createdAt()),
        put.expiresAt());
  }

  /** Milliseconds since the epoch; the nearest number where a long cannot hold it. */
  static long millis(Instant instant) {
    return saturated(Duration.between(Instant.EPOCH, instant));
  }

  private static long saturated(Duration sinceEpoch) {
    try {
      return sinceEpoch.toMillis();
    } catch (ArithmeticException e) {
      return sinceEpoch.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  byte[] encode() {
    return new RecordWriter()
        .text(key)
        .text(scope)
        .number(sequence)
        .number(createdAt)
        .number(expiresAt)
        .toArray();
  }

  static EntryMetadata decode(BytesRef bytes) {
    RecordReader reader = new RecordReader(bytes.bytes, bytes.offset, bytes.length);
    return new EntryMetadata(
        reader.text(),
        reader.text(),
        reader.longNumber(),
        reader.longNumber(),
        reader.longNumber());
  }
}
