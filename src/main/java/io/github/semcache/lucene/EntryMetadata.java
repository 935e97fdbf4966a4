package io.github.semcache.lucene;

import java.time.Duration;
import java.time.Instant;
import org.apache.lucene.util.BytesRef;

/**
 * The part of an entry that is held in memory. The index stores it in a separate field and loads it
 * from there when the store is opened.
 */
record EntryMetadata(String key, String scope, long sequence, long createdAt, long expiresAt) {

  static EntryMetadata of(LogRecord.Put put) {
    return new EntryMetadata(
        put.entry().key(),
        put.entry().scope(),
        put.sequence(),
        toMillis(put.entry().createdAt()),
        put.expiresAt());
  }

  /** Converts to milliseconds since the epoch, clamped to the range of a long. */
  static long toMillis(Instant instant) {
    Duration sinceEpoch = Duration.between(Instant.EPOCH, instant);
    try {
      return sinceEpoch.toMillis();
    } catch (ArithmeticException e) {
      return sinceEpoch.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  byte[] encode() {
    return new RecordWriter()
        .putString(key)
        .putString(scope)
        .putLong(sequence)
        .putLong(createdAt)
        .putLong(expiresAt)
        .toArray();
  }

  static EntryMetadata decode(BytesRef bytes) {
    RecordReader reader = new RecordReader(bytes.bytes, bytes.offset, bytes.length);
    return new EntryMetadata(
        reader.getString(),
        reader.getString(),
        reader.getLong(),
        reader.getLong(),
        reader.getLong());
  }
}
