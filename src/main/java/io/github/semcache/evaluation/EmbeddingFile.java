package io.github.semcache.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Embeddings of one vector space in a file. A header is followed by records of one length: SHA-256
 * of the text, the components, a checksum. Records are appended under a lock of the file, so
 * several processes may share it; a record that was not written whole is skipped, and overwritten
 * by the next one if it is the last. Texts are not kept.
 *
 * <p>Safe for use by many threads.
 */
final class EmbeddingFile implements AutoCloseable {
  private static final byte[] MAGIC = "semcache embeddings 1\n".getBytes(UTF_8);
  private static final int HASH_BYTES = 32;
  private static final int CHECKSUM_BYTES = Integer.BYTES;
  private static final int BUFFER_BYTES = 1 << 20;

  /** File locks belong to the whole process, so its threads must not meet at one. */
  private static final Object PROCESS_LOCK = new Object();

  private final Path path;
  private final EmbeddingSpace space;
  private final int recordBytes;
  private final long headerBytes;
  private final FileChannel channel;
  private final Map<ByteBuffer, Long> offsets = new HashMap<>();

  private EmbeddingFile(Path path, EmbeddingSpace space) throws IOException {
    this.path = path;
    this.space = space;
    this.recordBytes = HASH_BYTES + space.dimension() * Float.BYTES + CHECKSUM_BYTES;
    byte[] header = header();
    this.headerBytes = header.length;
    this.channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      locked(() -> writeOrCheckHeader(header));
      index();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Opens or creates the file of a vector space.
   *
   * @throws DataFileException if the file is not one of embeddings of this space
   * @throws UncheckedIOException if it cannot be read and written
   */
  static EmbeddingFile open(Path directory, EmbeddingSpace space) {
    try {
      Files.createDirectories(directory);
      return new EmbeddingFile(directory.resolve(fileName(space)), space);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "embeddings cannot be kept in directory " + directory + ": " + e.getMessage(), e);
    }
  }

  /** Two names that differ only in what a file system may not hold get two files. */
  private static String fileName(EmbeddingSpace space) {
    String readable = space.modelId().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]+", "_");
    String start = readable.substring(0, Math.min(60, readable.length()));
    String hash = HexFormat.of().formatHex(sha256(space.modelId()), 0, 4);
    return start + "-" + space.dimension() + "-" + hash + ".embeddings";
  }

  private byte[] header() {
    byte[] model = space.modelId().getBytes(UTF_8);
    return ByteBuffer.allocate(MAGIC.length + 2 * Integer.BYTES + model.length)
        .put(MAGIC)
        .putInt(space.dimension())
        .putInt(model.length)
        .put(model)
        .array();
  }

  private void writeOrCheckHeader(byte[] header) throws IOException {
    ByteBuffer found = ByteBuffer.allocate(header.length);
    readFully(found, 0);
    found.flip();
    if (found.mismatch(ByteBuffer.wrap(header).limit(found.limit())) >= 0) {
      throw new DataFileException(
          path + " does not hold embeddings of " + space + "; move it away or name another place");
    }
    if (found.limit() < header.length) {
      writeFully(ByteBuffer.wrap(header), 0);
    }
  }

  private void index() throws IOException {
    int records = Math.max(1, BUFFER_BYTES / recordBytes);
    ByteBuffer buffer = ByteBuffer.allocate(records * recordBytes);
    long offset = headerBytes;
    while (readFully(buffer.clear(), offset) >= recordBytes) {
      buffer.flip();
      for (; buffer.remaining() >= recordBytes; offset += recordBytes) {
        ByteBuffer record = buffer.slice(buffer.position(), recordBytes);
        if (isWhole(record)) {
          byte[] hash = new byte[HASH_BYTES];
          record.get(0, hash);
          offsets.put(ByteBuffer.wrap(hash), offset);
        }
        buffer.position(buffer.position() + recordBytes);
      }
    }
  }

  /** The embedding of a text, to the bit as it was put; empty if there is none. */
  synchronized Optional<Embedding> find(String text) {
    Long offset = offsets.get(ByteBuffer.wrap(sha256(text)));
    if (offset == null) {
      return Optional.empty();
    }
    try {
      ByteBuffer record = ByteBuffer.allocate(recordBytes);
      readFully(record, offset);
      if (!isWhole(record.rewind())) {
        return Optional.empty();
      }
      float[] components = new float[space.dimension()];
      record.position(HASH_BYTES).asFloatBuffer().get(components);
      return Optional.of(Embedding.of(components));
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Adds embeddings.
   *
   * @throws UncheckedIOException if they cannot be written
   */
  synchronized void put(Map<String, Embedding> embeddings) {
    ByteBuffer records = ByteBuffer.allocate(embeddings.size() * recordBytes);
    embeddings.forEach((text, embedding) -> encode(records, text, embedding));
    try {
      locked(() -> append(records.flip(), embeddings.keySet()));
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be written: " + e.getMessage(), e);
    }
  }

  private void append(ByteBuffer records, Set<String> texts) throws IOException {
    long whole = (channel.size() - headerBytes) / recordBytes;
    long offset = headerBytes + whole * recordBytes;
    writeFully(records, offset);
    for (String text : texts) {
      offsets.put(ByteBuffer.wrap(sha256(text)), offset);
      offset += recordBytes;
    }
  }

  private void encode(ByteBuffer records, String text, Embedding embedding) {
    int start = records.position();
    records.put(sha256(text));
    for (float component : embedding.toArray()) {
      records.putFloat(component);
    }
    records.putInt(checksum(records.slice(start, recordBytes)));
  }

  private boolean isWhole(ByteBuffer record) {
    return record.getInt(recordBytes - CHECKSUM_BYTES) == checksum(record);
  }

  private int checksum(ByteBuffer record) {
    CRC32C checksum = new CRC32C();
    checksum.update(record.slice(0, recordBytes - CHECKSUM_BYTES));
    return (int) checksum.getValue();
  }

  private void locked(IoAction action) throws IOException {
    synchronized (PROCESS_LOCK) {
      FileLock lock = channel.lock();
      try {
        action.run();
      } finally {
        lock.release();
      }
    }
  }

  @FunctionalInterface
  private interface IoAction {
    void run() throws IOException;
  }

  private int readFully(ByteBuffer buffer, long offset) throws IOException {
    int total = 0;
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, offset + total);
      if (read < 0) {
        break;
      }
      total += read;
    }
    return total;
  }

  private void writeFully(ByteBuffer buffer, long offset) throws IOException {
    long position = offset;
    while (buffer.hasRemaining()) {
      position += channel.write(buffer, position);
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be closed: " + e.getMessage(), e);
    }
  }
}
