package io.github.semcache.lucene;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import java.nio.BufferUnderflowException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** Encodes entries as bytes, with a checksum that detects damage. */
final class LogEntryCodec {
  private LogEntryCodec() {}

  static byte[] encode(CacheEntry entry) {
    Instant createdAt = entry.createdAt();
    RecordWriter writer =
        new RecordWriter()
            .putString(entry.key())
            .putString(entry.scope())
            .putString(entry.prompt())
            .putString(entry.answer())
            .putLong(createdAt.getEpochSecond())
            .putInt(createdAt.getNano())
            .putInt(entry.attributes().size());
    entry.attributes().forEach((name, value) -> writer.putString(name).putString(value));
    byte[] content = writer.toArray();
    return new RecordWriter().putInt(checksum(content)).putBytes(content).toArray();
  }

  /**
   * Decodes an entry.
   *
   * @param description names the entry in exception messages
   * @throws StoreException.CorruptEntry if the bytes are not the result of {@link #encode}
   */
  static CacheEntry decode(String description, RecordReader reader) {
    try {
      int checksum = reader.getInt();
      byte[] content = reader.getBytes();
      if (checksum(content) != checksum) {
        throw new StoreException.CorruptEntry(
            description + " is damaged: its checksum does not match", null);
      }
      return decodeContent(new RecordReader(content, 0, content.length));
    } catch (BufferUnderflowException | DateTimeException e) {
      throw new StoreException.CorruptEntry(description + " is damaged: it is not an entry", e);
    }
  }

  private static CacheEntry decodeContent(RecordReader reader) {
    String key = reader.getString();
    String scope = reader.getString();
    String prompt = reader.getString();
    String answer = reader.getString();
    Instant createdAt = Instant.ofEpochSecond(reader.getLong(), reader.getInt());
    Map<String, String> attributes = new HashMap<>();
    for (int i = reader.getInt(); i > 0; i--) {
      attributes.put(reader.getString(), reader.getString());
    }
    return new CacheEntry(key, scope, prompt, answer, attributes, createdAt);
  }

  static int checksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, bytes.length);
    return (int) checksum.getValue();
  }
}
