package io.github.semcache.store;

import io.github.semcache.embedding.Embedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * Embeddings in a layout for exhaustive search: each block holds the first component of all its
 * embeddings, then the second of all, and so on. The JIT compiler vectorizes a loop over the
 * embeddings of a block. It cannot vectorize the sum over the components of one embedding, because
 * it must not reorder floating-point additions.
 *
 * <p>Supports concurrent searches. A change must not run concurrently with a search or another
 * change.
 *
 * @param <R> the type of the objects that embeddings belong to
 */
final class EmbeddingTable<R extends EmbeddingTable.Row> {
  /** The maximum number of embeddings in a block. */
  private static final int BLOCK_SIZE = 256;

  private final int dimension;
  private final List<R> rows = new ArrayList<>();

  /** All blocks except the last one are full. */
  private final List<Block> blocks = new ArrayList<>();

  EmbeddingTable(int dimension) {
    this.dimension = dimension;
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

  private record Candidate(int position, float similarity) {}

  void add(R row, Embedding embedding) {
    row.position = rows.size();
    if (row.position % BLOCK_SIZE == 0) {
      blocks.add(new Block());
    }
    rows.add(row);
    blockOf(row.position).add(row.position % BLOCK_SIZE, embedding);
  }

  /** Removes a row of this table by moving the last row to its position. */
  void remove(R row) {
    int last = rows.size() - 1;
    Block lastBlock = blockOf(last);
    if (row.position < last) {
      R moved = rows.get(last);
      blockOf(row.position).set(row.position % BLOCK_SIZE, lastBlock.get(last % BLOCK_SIZE));
      rows.set(row.position, moved);
      moved.position = row.position;
    }
    rows.remove(last);
    row.position = -1;
    if (last % BLOCK_SIZE == 0) {
      blocks.remove(blocks.size() - 1);
    } else {
      lastBlock.shrinkTo(last % BLOCK_SIZE);
    }
  }

  private Block blockOf(int position) {
    return blocks.get(position / BLOCK_SIZE);
  }

  /**
   * Finds the rows that are nearest to an embedding.
   *
   * @param k the maximum number of rows
   * @param filter accepts a row; only called for rows that are near enough
   * @return the rows, sorted by distance
   */
  List<Scored<R>> nearest(Embedding embedding, int k, Predicate<R> filter) {
    List<Scored<R>> nearest = new ArrayList<>();
    for (Candidate candidate : mostSimilar(embedding.ofLengthOne().toArray(), k, filter)) {
      Embedding stored = blockOf(candidate.position).get(candidate.position % BLOCK_SIZE);
      nearest.add(new Scored<>(rows.get(candidate.position), embedding.cosineDistance(stored)));
    }
    nearest.sort(Comparator.comparingDouble(Scored::distance));
    return nearest;
  }

  private Iterable<Candidate> mostSimilar(float[] unit, int k, Predicate<R> filter) {
    // The least similar of the best candidates is at the head.
    PriorityQueue<Candidate> best =
        new PriorityQueue<>(Comparator.comparingDouble(Candidate::similarity));
    float[] similarities = new float[BLOCK_SIZE];
    for (int first = 0; first < rows.size(); first += BLOCK_SIZE) {
      int count = Math.min(BLOCK_SIZE, rows.size() - first);
      blockOf(first).computeSimilarities(unit, similarities);
      for (int i = 0; i < count; i++) {
        boolean near = best.size() < k || similarities[i] > best.element().similarity;
        if (near && filter.test(rows.get(first + i))) {
          best.add(new Candidate(first + i, similarities[i]));
          if (best.size() > k) {
            best.remove();
          }
        }
      }
    }
    return best;
  }

  /** A block of embeddings. Its capacity is at most four times its size. */
  private final class Block {
    private int capacity = 1;
    private float[] inverseNorms = new float[1];
    private float[] columns = new float[dimension];

    void add(int index, Embedding embedding) {
      if (index == capacity) {
        resize(capacity * 2);
      }
      set(index, embedding);
    }

    void shrinkTo(int count) {
      if (count <= capacity / 4) {
        resize(capacity / 2);
      }
    }

    private void resize(int newCapacity) {
      float[] resized = new float[dimension * newCapacity];
      int copied = Math.min(capacity, newCapacity);
      for (int k = 0; k < dimension; k++) {
        System.arraycopy(columns, k * capacity, resized, k * newCapacity, copied);
      }
      columns = resized;
      inverseNorms = Arrays.copyOf(inverseNorms, newCapacity);
      capacity = newCapacity;
    }

    void set(int index, Embedding embedding) {
      float[] components = embedding.toArray();
      for (int k = 0; k < dimension; k++) {
        columns[k * capacity + index] = components[k];
      }
      inverseNorms[index] = (float) (1 / embedding.norm());
    }

    Embedding get(int index) {
      float[] components = new float[dimension];
      for (int k = 0; k < dimension; k++) {
        components[k] = columns[k * capacity + index];
      }
      return Embedding.of(components);
    }

    /** Writes the cosine similarities of a unit vector and all embeddings to an array. */
    void computeSimilarities(float[] unit, float[] similarities) {
      Arrays.fill(similarities, 0, capacity, 0);
      for (int k = 0; k < dimension; k++) {
        multiplyAdd(unit[k], columns, k * capacity, similarities, capacity);
      }
      for (int i = 0; i < capacity; i++) {
        similarities[i] *= inverseNorms[i];
      }
    }

    /** A separate method, so that the JIT compiler vectorizes its loop. */
    private static void multiplyAdd(
        float factor, float[] columns, int from, float[] sums, int count) {
      for (int i = 0; i < count; i++) {
        sums[i] += factor * columns[from + i];
      }
    }
  }
}
