package io.github.semcache.store;

import io.github.semcache.embedding.Embedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Embeddings for a search that compares the query with all of them.
 *
 * <p>From {@value #MIN_QUANTIZED} embeddings of at least {@value BinaryQuantizer#MIN_DIMENSION}
 * dimensions on, a search first computes an upper bound of each similarity from the signs of the
 * components (see {@link BinaryQuantizer}), which are 32 times smaller than the embeddings. It then
 * computes the similarities of those embeddings whose bound exceeds the least similarity of the
 * result. The result lacks each of the nearest embeddings with a probability of 3e-5.
 *
 * <p>Supports concurrent searches. A change must not run concurrently with a search or another
 * change.
 *
 * @param <R> the type of the objects that embeddings belong to
 */
final class EmbeddingTable<R extends EmbeddingTable.Row> {
  /** The least number of embeddings for which bounds are computed. */
  static final int MIN_QUANTIZED = 1_024;

  /** The maximum number of components in a block: the array has at most 256 KiB. */
  private static final int BLOCK_COMPONENTS = 65_536;

  private static final int MAX_BLOCK_SIZE = 256;

  /** The number of rows that are compared before the others, as a multiple of k. */
  private static final int FIRST_ROWS = 4;

  private final int dimension;
  private final int wordCount;
  private final int blockSize;
  private final List<R> rows = new ArrayList<>();

  /** All blocks except the last one are full. */
  private final List<Block> blocks = new ArrayList<>();

  private @Nullable BinaryQuantizer quantizer;

  EmbeddingTable(int dimension) {
    this.dimension = dimension;
    this.wordCount = BinaryQuantizer.words(dimension);
    this.blockSize = Math.max(1, Math.min(MAX_BLOCK_SIZE, BLOCK_COMPONENTS / dimension));
  }

  /** The owner of an embedding. Holds its position in the table; can be in one table at a time. */
  static class Row {
    int position = -1;

    final boolean hasEmbedding() {
      return position >= 0;
    }
  }

  /** A row and the cosine distance of its embedding from the query. */
  record Scored<R>(R row, double distance) {}

  /** Returns the approximate number of bytes that an embedding takes in a table. */
  static long bytes(int dimension) {
    return (long) dimension * Float.BYTES
        + (long) BinaryQuantizer.words(dimension) * Long.BYTES
        + (BinaryQuantizer.FACTORS + 1) * Float.BYTES;
  }

  void add(R row, Embedding embedding) {
    row.position = rows.size();
    if (row.position % blockSize == 0) {
      blocks.add(new Block());
    }
    rows.add(row);
    blockOf(row.position).add(row.position % blockSize, embedding);
    if (quantizer == null
        && rows.size() == MIN_QUANTIZED
        && dimension >= BinaryQuantizer.MIN_DIMENSION) {
      startQuantizing();
    }
  }

  private void startQuantizing() {
    List<float[]> units = new ArrayList<>();
    for (int position = 0; position < rows.size(); position++) {
      units.add(blockOf(position).get(position % blockSize).ofLengthOne().toArray());
    }
    BinaryQuantizer started = new BinaryQuantizer(units);
    for (int b = 0; b < blocks.size(); b++) {
      blocks.get(b).quantizeAll(started, sizeOf(b));
    }
    quantizer = started;
  }

  /** Removes a row of this table by moving the last row to its position. */
  void remove(R row) {
    int last = rows.size() - 1;
    Block lastBlock = blockOf(last);
    if (row.position < last) {
      R moved = rows.get(last);
      blockOf(row.position).copy(row.position % blockSize, lastBlock, last % blockSize);
      rows.set(row.position, moved);
      moved.position = row.position;
    }
    rows.remove(last);
    row.position = -1;
    if (last % blockSize == 0) {
      blocks.remove(blocks.size() - 1);
    } else {
      lastBlock.shrinkTo(last % blockSize);
    }
  }

  private Block blockOf(int position) {
    return blocks.get(position / blockSize);
  }

  private int sizeOf(int block) {
    return Math.min(blockSize, rows.size() - block * blockSize);
  }

  /**
   * Finds the rows that are nearest to an embedding.
   *
   * @param k the maximum number of rows
   * @param filter accepts a row; only called for rows that are near enough
   * @return the rows, sorted by distance
   */
  List<Scored<R>> nearest(Embedding embedding, int k, Predicate<R> filter) {
    Search search = new Search(embedding.ofLengthOne().toArray(), k, filter);
    if (quantizer == null) {
      search.compareAll();
    } else {
      search.compareByBound(quantizer);
    }
    List<Scored<R>> nearest = new ArrayList<>();
    for (Candidate candidate : search.best) {
      Embedding stored = blockOf(candidate.position).get(candidate.position % blockSize);
      nearest.add(new Scored<>(rows.get(candidate.position), embedding.cosineDistance(stored)));
    }
    nearest.sort(Comparator.comparingDouble(Scored::distance));
    return nearest;
  }

  private record Candidate(int position, float similarity) {
    /** Returns a queue whose head is the least similar candidate. */
    static PriorityQueue<Candidate> queue() {
      return new PriorityQueue<>(Comparator.comparingDouble(Candidate::similarity));
    }
  }

  /** A search of all rows. */
  private final class Search {
    private final float[] unit;
    private final int k;
    private final Predicate<R> filter;
    final PriorityQueue<Candidate> best = Candidate.queue();

    /** A row is compared only if its similarity may be greater. */
    private float least = Float.NEGATIVE_INFINITY;

    Search(float[] unit, int k, Predicate<R> filter) {
      this.unit = unit;
      this.k = k;
      this.filter = filter;
    }

    void compareAll() {
      for (int position = 0; position < rows.size(); position++) {
        compare(position);
      }
    }

    void compareByBound(BinaryQuantizer quantizer) {
      float[][] bounds = bounds(quantizer.query(unit));
      // Similar rows first, because the least similarity of the result then excludes most others.
      for (Candidate candidate : withGreatestBounds(bounds)) {
        compare(candidate.position);
        bounds[candidate.position / blockSize][candidate.position % blockSize] =
            Float.NEGATIVE_INFINITY;
      }
      for (int b = 0; b < bounds.length; b++) {
        for (int i = 0; i < bounds[b].length; i++) {
          if (bounds[b][i] > least) {
            compare(b * blockSize + i);
          }
        }
      }
    }

    private float[][] bounds(BinaryQuantizer.BinaryQuery query) {
      float[][] bounds = new float[blocks.size()][];
      for (int b = 0; b < bounds.length; b++) {
        bounds[b] = new float[sizeOf(b)];
        query.bounds(blocks.get(b).words, blocks.get(b).factors, bounds[b], bounds[b].length);
      }
      return bounds;
    }

    private PriorityQueue<Candidate> withGreatestBounds(float[][] bounds) {
      PriorityQueue<Candidate> greatest = Candidate.queue();
      int limit = (int) Math.min((long) FIRST_ROWS * k, rows.size());
      float head = Float.NEGATIVE_INFINITY;
      for (int b = 0; b < bounds.length; b++) {
        for (int i = 0; i < bounds[b].length; i++) {
          int position = b * blockSize + i;
          if (bounds[b][i] > head && filter.test(rows.get(position))) {
            greatest.add(new Candidate(position, bounds[b][i]));
            head = leastOf(greatest, limit);
          }
        }
      }
      return greatest;
    }

    private void compare(int position) {
      float similarity = blockOf(position).similarity(position % blockSize, unit);
      if (similarity > least && filter.test(rows.get(position))) {
        best.add(new Candidate(position, similarity));
        least = leastOf(best, k);
      }
    }

    /** Limits a queue and returns the value that a row must exceed to be added. */
    private static float leastOf(PriorityQueue<Candidate> queue, int limit) {
      if (queue.size() > limit) {
        queue.remove();
      }
      return queue.size() == limit ? queue.element().similarity : Float.NEGATIVE_INFINITY;
    }
  }

  /** A block of embeddings. Its capacity is at most four times its size. */
  private final class Block {
    private int capacity = 1;
    private float[] inverseNorms = new float[1];
    private float[] vectors = new float[dimension];

    /** Empty until the table has a quantizer. */
    private long[] words = {};

    private float[] factors = {};

    void add(int index, Embedding embedding) {
      if (index == capacity) {
        resize(Math.min(blockSize, capacity * 2));
      }
      System.arraycopy(embedding.toArray(), 0, vectors, index * dimension, dimension);
      inverseNorms[index] = (float) (1 / embedding.norm());
      if (quantizer != null) {
        allocateWords();
        quantize(quantizer, index);
      }
    }

    void quantizeAll(BinaryQuantizer quantizer, int count) {
      allocateWords();
      for (int i = 0; i < count; i++) {
        quantize(quantizer, i);
      }
    }

    private void allocateWords() {
      if (words.length != capacity * wordCount) {
        words = Arrays.copyOf(words, capacity * wordCount);
        factors = Arrays.copyOf(factors, capacity * BinaryQuantizer.FACTORS);
      }
    }

    private void quantize(BinaryQuantizer quantizer, int index) {
      float[] unit = get(index).ofLengthOne().toArray();
      quantizer.quantize(unit, words, index * wordCount, factors, index * BinaryQuantizer.FACTORS);
    }

    void shrinkTo(int count) {
      if (count <= capacity / 4) {
        resize(capacity / 2);
      }
    }

    private void resize(int newCapacity) {
      capacity = newCapacity;
      vectors = Arrays.copyOf(vectors, capacity * dimension);
      inverseNorms = Arrays.copyOf(inverseNorms, capacity);
      if (words.length > 0) {
        allocateWords();
      }
    }

    void copy(int index, Block from, int fromIndex) {
      System.arraycopy(from.vectors, fromIndex * dimension, vectors, index * dimension, dimension);
      inverseNorms[index] = from.inverseNorms[fromIndex];
      if (words.length > 0) {
        System.arraycopy(from.words, fromIndex * wordCount, words, index * wordCount, wordCount);
        System.arraycopy(
            from.factors,
            fromIndex * BinaryQuantizer.FACTORS,
            factors,
            index * BinaryQuantizer.FACTORS,
            BinaryQuantizer.FACTORS);
      }
    }

    Embedding get(int index) {
      return Embedding.of(Arrays.copyOfRange(vectors, index * dimension, (index + 1) * dimension));
    }

    float similarity(int index, float[] unit) {
      return inverseNorms[index] * dot(unit, vectors, index * dimension);
    }

    /**
     * Returns a dot product. Has eight sums, so that an addition does not wait for the previous.
     */
    private static float dot(float[] unit, float[] vectors, int from) {
      float s0 = 0;
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      float s4 = 0;
      float s5 = 0;
      float s6 = 0;
      float s7 = 0;
      int k = 0;
      for (; k < unit.length - 7; k += 8) {
        s0 += unit[k] * vectors[from + k];
        s1 += unit[k + 1] * vectors[from + k + 1];
        s2 += unit[k + 2] * vectors[from + k + 2];
        s3 += unit[k + 3] * vectors[from + k + 3];
        s4 += unit[k + 4] * vectors[from + k + 4];
        s5 += unit[k + 5] * vectors[from + k + 5];
        s6 += unit[k + 6] * vectors[from + k + 6];
        s7 += unit[k + 7] * vectors[from + k + 7];
      }
      for (; k < unit.length; k++) {
        s0 += unit[k] * vectors[from + k];
      }
      return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }
  }
}
