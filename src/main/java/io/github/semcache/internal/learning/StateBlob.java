package io.github.semcache.internal.learning;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StateStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/**
 * A named blob of learned state in a store, with a checksum and the vector space that it belongs
 * to.
 *
 * @param store the store
 * @param name the name of the blob
 * @param space the vector space of the cache
 */
public record StateBlob(StateStore store, String name, EmbeddingSpace space) {
  private static final int MAGIC = 0x53434c31;

  /**
   * Reads the blob.
   *
   * @return the content; empty if nothing was saved
   * @throws IllegalArgumentException if it is damaged or belongs to another embedding model
   */
  public Optional<byte[]> load() {
    return store.load(name).map(this::unwrap);
  }

  /**
   * Replaces the blob.
   *
   * @param content the content
   */
  public void save(byte[] content) {
    store.save(name, wrap(content));
  }

  /**
   * Merges the saved content with the local one and saves the result. Concurrent merges lose
   * nothing.
   *
   * @param merge merges saved content into the local state; may be called more than once
   * @param snapshot returns the local state
   * @param onUnusable is called with the failure if the saved content is damaged or belongs to
   *     another embedding model; the content is then replaced
   */
  public void merge(
      Consumer<byte[]> merge, Supplier<byte[]> snapshot, Consumer<RuntimeException> onUnusable) {
    store.update(
        name,
        saved -> {
          try {
            saved.map(this::unwrap).ifPresent(merge);
          } catch (IllegalArgumentException e) {
            onUnusable.accept(e);
          }
          return wrap(snapshot.get());
        });
  }

  private byte[] wrap(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length + 64);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeUTF(name);
      out.writeUTF(space.modelId());
      out.writeInt(space.dimension());
      out.writeLong(checksum(content));
      out.writeInt(content.length);
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private byte[] unwrap(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      require(in.readInt() == MAGIC && in.readUTF().equals(name), "it has another format");
      EmbeddingSpace saved = new EmbeddingSpace(in.readUTF(), in.readInt());
      require(saved.equals(space), "it belongs to " + saved + "; the cache has " + space);
      long checksum = in.readLong();
      int length = in.readInt();
      byte[] content = in.readAllBytes();
      require(content.length == length && checksum(content) == checksum, "it is damaged");
      return content;
    } catch (IOException e) {
      throw new IllegalArgumentException("the saved state " + name + " is truncated", e);
    }
  }

  private void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException("the saved state " + name + " cannot be used: " + problem);
    }
  }

  private static long checksum(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }
}
