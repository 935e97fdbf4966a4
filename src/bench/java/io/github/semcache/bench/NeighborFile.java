package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * The nearest neighbors of every text in a list, computed once and saved in a file. A file of
 * 50,000 texts has 100 MB and takes minutes to compute.
 */
final class NeighborFile {
  static final int NEIGHBORS = 256;

  private final int[] indices;
  private final float[] distances;

  private NeighborFile(int[] indices, float[] distances) {
    this.indices = indices;
    this.distances = distances;
  }

  /**
   * Reads the neighbors of the texts, or computes and saves them.
   *
   * @param directory the directory of the file, whose name contains a checksum of the texts
   * @param embeddings the embeddings of the texts in the same order; called only to compute
   */
  static NeighborFile of(Path directory, List<String> texts, Supplier<List<Embedding>> embeddings) {
    CRC32 crc = new CRC32();
    texts.forEach(text -> crc.update((text + "\n").getBytes(StandardCharsets.UTF_8)));
    Path file = directory.resolve("neighbors-" + texts.size() + "-" + crc.getValue());
    try {
      Files.createDirectories(directory);
      if (!Files.exists(file)) {
        write(file, texts.size(), embeddings.get());
      }
      return read(file, texts.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NeighborFile read(Path file, int texts) throws IOException {
    int[] indices = new int[texts * NEIGHBORS];
    float[] distances = new float[texts * NEIGHBORS];
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      bytes.asIntBuffer().get(indices);
      bytes.position(indices.length * Integer.BYTES).slice().asFloatBuffer().get(distances);
    }
    return new NeighborFile(indices, distances);
  }

  private static void write(Path file, int texts, List<Embedding> embeddings) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(texts * NEIGHBORS * (Integer.BYTES + Float.BYTES));
    float[][] vectors =
        embeddings.stream().map(one -> one.ofLengthOne().toArray()).toArray(float[][]::new);
    IntStream.range(0, texts)
        .parallel()
        .forEach(
            i -> {
              long[] nearest = nearest(vectors, i);
              for (int k = 0; k < NEIGHBORS; k++) {
                int at = (i * NEIGHBORS + k) * Integer.BYTES;
                bytes.putInt(at, (int) nearest[k]);
                bytes.putInt(at + texts * NEIGHBORS * Integer.BYTES, (int) (nearest[k] >>> 32));
              }
            });
    Path written = Files.createTempFile(file.toAbsolutePath().getParent(), "neighbors", null);
    try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
      channel.write(bytes);
    }
    Files.move(written, file);
  }

  /** Returns distances and indices, nearest first; −1 at the end if there are too few texts. */
  private static long[] nearest(float[][] vectors, int target) {
    long[] nearest = new long[2 * NEIGHBORS];
    Arrays.fill(nearest, (long) Float.floatToIntBits(Float.MAX_VALUE) << 32 | 0xffffffffL);
    long bound = nearest[0];
    int count = 0;
    for (int i = 0; i < vectors.length; i++) {
      float distance = Math.max(0, 1 - dot(vectors[target], vectors[i]));
      long packed = (long) Float.floatToIntBits(distance) << 32 | i;
      if (packed < bound) {
        nearest[count++] = packed;
      }
      if (count == nearest.length) {
        Arrays.sort(nearest);
        count = NEIGHBORS;
        bound = nearest[count - 1];
      }
    }
    Arrays.sort(nearest, 0, count);
    return nearest;
  }

  static float dot(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Returns the index of the k-th neighbor of a text, which is itself a neighbor; −1 if none. */
  int index(int text, int k) {
    return indices[text * NEIGHBORS + k];
  }

  double distance(int text, int k) {
    return distances[text * NEIGHBORS + k];
  }
}
