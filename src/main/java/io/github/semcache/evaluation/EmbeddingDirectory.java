package io.github.semcache.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/**
 * A directory with the embeddings of one model, one gzip file per text. The file name is the
 * SHA-256 hash of the model ID and the text; the content is the components as big-endian floats.
 * Texts are not stored.
 *
 * <p>Several processes may use the same directory. A file is written under a temporary name and
 * then renamed atomically, so readers never see a partially written file. A damaged file fails the
 * checksum of gzip, counts as absent, and is replaced by the next {@link #put}.
 *
 * <p>EmbeddingDirectory is thread-safe.
 */
final class EmbeddingDirectory {
  private final EmbeddingSpace space;
  private final Path directory;

  private EmbeddingDirectory(EmbeddingSpace space, Path directory) {
    this.space = space;
    this.directory = directory;
  }

  /**
   * Opens the subdirectory of an embedding model and creates it if it does not exist.
   *
   * @throws UncheckedIOException if the directory cannot be created
   */
  static EmbeddingDirectory open(Path parent, EmbeddingSpace space) {
    Path directory = parent.resolve(directoryName(space));
    try {
      return new EmbeddingDirectory(space, Files.createDirectories(directory));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create directory " + directory + ": " + reason(e), e);
    }
  }

  /** Models may share a directory name, because the file names depend on the model ID. */
  private static String directoryName(EmbeddingSpace space) {
    String readable = space.modelId().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]+", "_");
    return readable.substring(0, Math.min(60, readable.length())) + "-" + space.dimension();
  }

  /**
   * Returns the stored embedding of a text, bit for bit, or empty if there is none or its file is
   * damaged.
   *
   * @throws UncheckedIOException if the file exists but cannot be read
   */
  Optional<Embedding> find(String text) {
    Path file = file(text);
    // The constructor of the second stream throws if the file is damaged.
    try (InputStream compressed = Files.newInputStream(file);
        GZIPInputStream in = new GZIPInputStream(compressed)) {
      ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes());
      if (bytes.remaining() != space.dimension() * Float.BYTES) {
        return Optional.empty();
      }
      float[] components = new float[space.dimension()];
      bytes.asFloatBuffer().get(components);
      return Optional.of(Embedding.of(components));
    } catch (NoSuchFileException | EOFException | ZipException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + reason(e), e);
    }
  }

  /**
   * Stores the embedding of a text and replaces an earlier one.
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  void put(String text, Embedding embedding) {
    Path file = file(text);
    Path temporary = directory.resolve(UUID.randomUUID() + ".tmp");
    try {
      try {
        write(temporary, embedding);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + reason(e), e);
    }
  }

  private static void write(Path file, Embedding embedding) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(embedding.dimension() * Float.BYTES);
    bytes.asFloatBuffer().put(embedding.toArray());
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW))) {
      out.write(bytes.array());
    }
  }

  private Path file(String text) {
    MessageDigest hash = sha256();
    hash.update(space.modelId().getBytes(UTF_8));
    hash.update((byte) 0);
    hash.update(text.getBytes(UTF_8));
    return directory.resolve(HexFormat.of().formatHex(hash.digest()) + ".gz");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform supports SHA-256", e);
    }
  }

  /** File system exceptions often have the path as their only message. */
  private static String reason(IOException e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
