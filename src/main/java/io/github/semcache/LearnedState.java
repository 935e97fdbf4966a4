package io.github.semcache;

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
 * A named part of what a cache has learned, in a store: with a checksum, and with the vector space
 * that it was learned in.
 */
record LearnedState(StateStore store, String name, EmbeddingSpace space) {
  private static final int MAGIC = 0x53434c31;

  /**
   * Reads what was saved last.
   *
   * @return empty if nothing was
   * @throws IllegalArgumentException if it is damaged, or belongs to another embedding model
   */
  Optional<byte[]> load() {
    return store.load(name).map(this::unwrap);
  }

  void save(byte[] learned) {
    store.save(name, wrap(learned));
  }

  /**
   * Takes up what others have saved and saves what is known then. Nothing that somebody saves
   * meanwhile is lost.
   *
   * @param merge takes up what was saved; perhaps more than once
   * @param learned what is known
   * @param unusable is told of what was saved and is damaged, or belongs to another embedding
   *     model; it is replaced
   */
  void exchange(
      Consumer<byte[]> merge, Supplier<byte[]> learned, Consumer<RuntimeException> unusable) {
    store.update(
        name,
        saved -> {
          try {
            saved.map(this::unwrap).ifPresent(merge);
          } catch (IllegalArgumentException e) {
            unusable.accept(e);
          }
          return wrap(learned.get());
        });
  }

  private byte[] wrap(byte[] learned) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(learned.length + 64);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeUTF(name);
      out.writeUTF(space.modelId());
      out.writeInt(space.dimension());
      out.writeLong(checksum(learned));
      out.writeInt(learned.length);
      out.write(learned);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private byte[] unwrap(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      require(in.readInt() == MAGIC && in.readUTF().equals(name), "it has another format");
      EmbeddingSpace theirs = new EmbeddingSpace(in.readUTF(), in.readInt());
      require(theirs.equals(space), "it was learned with " + theirs + ", the cache has " + space);
      long checksum = in.readLong();
      int length = in.readInt();
      byte[] learned = in.readAllBytes();
      require(learned.length == length && checksum(learned) == checksum, "it is damaged");
      return learned;
    } catch (IOException e) {
      throw new IllegalArgumentException("the learned state " + name + " ends too early", e);
    }
  }

  private void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(
          "the learned state " + name + " cannot be used: " + problem);
    }
  }

  private static long checksum(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }
}
