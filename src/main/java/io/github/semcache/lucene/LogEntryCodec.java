package io.github.semcache.lucene;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.CorruptEntryException;
import java.nio.BufferUnderflowException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** An entry as bytes, behind a checksum that tells damage from content. */
final class LogEntryCodec {
  private LogEntryCodec() {}

  static byte[] encode(CacheEntry entry) {
    Instant createdAt = entry.createdAt();
    RecordWriter writer =
        new RecordWriter()
            .text(entry.key())
            .text(entry.scope())
            .text(entry.prompt())
            .text(entry.answer())
            .number(createdAt.getEpochSecond())
            .number(createdAt.getNano())
            .number(entry.attributes().size());
    entry.attributes().forEach((name, value) -> writer.text(name).text(value));
    byte[] content = writer.toArray();
    return new RecordWriter().number(checksum(content, 0, content.length)).bytes(content).toArray();
  }

  /**
   * Reads an entry.
   *
   * @param what names the entry in the message of an exception
   * @throws CorruptEntryException if the bytes are not what {@link #encode} made
   */
  static CacheEntry decode(String what, RecordReader reader) {
    try {
      int checksum = reader.intNumber();
      byte[] content = reader.bytes();
      if (checksum(content, 0, content.length) != checksum) {
        throw new CorruptEntryException(what + " is damaged: its checksum does not match", null);
      }
      return decodeContent(new RecordReader(content, 0, content.length));
    } catch (BufferUnderflowException | DateTimeException e) {
      throw new CorruptEntryException(what + " is damaged: it is not an entry", e);
    }
  }

  private static CacheEntry decodeContent(RecordReader reader) {
    String key = reader.text();
    String scope = reader.text();
    String prompt = reader.text();
    String answer = reader.text();
    Instant createdAt = Instant.ofEpochSecond(reader.longNumber(), reader.intNumber());
    Map<String, String> attributes = new HashMap<>();
    for (int i = reader.intNumber(); i > 0; i--) {
      attributes.put(reader.text(), reader.text());
    }
    return new CacheEntry(key, scope, prompt, answer, attributes, createdAt);
  }

  static int checksum(byte[] bytes, int offset, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, offset, length);
    return (int) checksum.getValue();
  }
}
