package io.github.semcache.store;

import io.github.semcache.embedding.Embedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * Embeddings laid out for a scan of all of them: in blocks that hold the first component of each
 * embedding, then the second of each, and so on. The JIT compiler turns a loop over the embeddings
 * of a block into vector instructions; the sum over one embedding's components it does not, because
 * it must not reorder floating-point additions.
 *
 * <p>Searches may run side by side, changes alone.
 *
 * @param <R> what an embedding belongs to
 */
final class EmbeddingTable<R extends EmbeddingTable.Row> {
  /** How many embeddings stand side by side at most. */
  private static final int BLOCK = 256;

  private final int dimension;
  private final List<R> rows = new ArrayList<>();

  /** All are full but the last one. */
  private final List<Block> blocks = new ArrayList<>();

  EmbeddingTable(int dimension) {
    this.dimension = dimension;
  }

  /** Remembers where its embedding stands, for the one table that it is in. */
  static class Row {
    int position = -1;

    final boolean hasEmbedding() {
      return position >= 0;
    }
  }

  /** A row and how far its embedding is from the one that was looked for. */
  record Scored<R>(R row, double distance) {}

  private record Candidate(int position, float similarity) {}

  void add(R row, Embedding embedding) {
    row.position = rows.size();
    if (row.position % BLOCK == 0) {
      blocks.add(new Block());
    }
    rows.add(row);
    blockOf(row.position).add(row.position % BLOCK, embedding);
  }

  /** Removes a row that is in this table; the last one takes its place. */
  void remove(R row) {
    int last = rows.size() - 1;
    Block lastBlock = blockOf(last);
    if (row.position < last) {
      R moved = rows.get(last);
      blockOf(row.position).set(row.position % BLOCK, lastBlock.get(last % BLOCK));
      rows.set(row.position, moved);
      moved.position = row.position;
    }
    rows.remove(last);
    row.position = -1;
    if (last % BLOCK == 0) {
      blocks.remove(blocks.size() - 1);
    } else {
      lastBlock.shrinkTo(last % BLOCK);
    }
  }

  private Block blockOf(int position) {
    return blocks.get(position / BLOCK);
  }

  /**
   * Finds the rows nearest to an embedding.
   *
   * @param k how many at most
   * @param wanted which rows to take; asked only of rows that are near enough
   * @return nearest first
   */
  List<Scored<R>> nearest(Embedding embedding, int k, Predicate<R> wanted) {
    List<Scored<R>> nearest = new ArrayList<>();
    for (Candidate candidate : mostSimilar(embedding.ofLengthOne().toArray(), k, wanted)) {
      Embedding found = blockOf(candidate.position).get(candidate.position % BLOCK);
      nearest.add(new Scored<>(rows.get(candidate.position), embedding.cosineDistance(found)));
    }
    nearest.sort(Comparator.comparingDouble(Scored::distance));
    return nearest;
  }

  private Iterable<Candidate> mostSimilar(float[] unit, int k, Predicate<R> wanted) {
    // The least similar of the best so far is on top.
    PriorityQueue<Candidate> best =
        new PriorityQueue<>(Comparator.comparingDouble(Candidate::similarity));
    float[] similarities = new float[BLOCK];
    for (int first = 0; first < rows.size(); first += BLOCK) {
      int count = Math.min(BLOCK, rows.size() - first);
      blockOf(first).compare(unit, similarities);
      for (int i = 0; i < count; i++) {
        boolean near = best.size() < k || similarities[i] > best.element().similarity;
        if (near && wanted.test(rows.get(first + i))) {
          best.add(new Candidate(first + i, similarities[i]));
          if (best.size() > k) {
            best.remove();
          }
        }
      }
    }
    return best;
  }

  /** Embeddings side by side, with room for more: at most three times as many. */
  private final class Block {
    private int capacity = 1;
    private float[] inverseNorms = new float[1];
    private float[] columns = new float[dimension];

    void add(int slot, Embedding embedding) {
      if (slot == capacity) {
        resize(capacity * 2);
      }
      set(slot, embedding);
    }

    void shrinkTo(int count) {
      if (count <= capacity / 4) {
        resize(capacity / 2);
      }
    }

    private void resize(int newCapacity) {
      float[] resized = new float[dimension * newCapacity];
      int kept = Math.min(capacity, newCapacity);
      for (int k = 0; k < dimension; k++) {
        System.arraycopy(columns, k * capacity, resized, k * newCapacity, kept);
      }
      columns = resized;
      inverseNorms = Arrays.copyOf(inverseNorms, newCapacity);
      capacity = newCapacity;
    }

    void set(int slot, Embedding embedding) {
      float[] components = embedding.toArray();
      for (int k = 0; k < dimension; k++) {
        columns[k * capacity + slot] = components[k];
      }
      inverseNorms[slot] = (float) (1 / embedding.norm());
    }

    Embedding get(int slot) {
      float[] components = new float[dimension];
      for (int k = 0; k < dimension; k++) {
        components[k] = columns[k * capacity + slot];
      }
      return Embedding.of(components);
    }

    /** Puts the cosine similarities to all embeddings of the block into an array. */
    void compare(float[] unit, float[] similarities) {
      Arrays.fill(similarities, 0, capacity, 0);
      for (int k = 0; k < dimension; k++) {
        multiplyAdd(unit[k], columns, k * capacity, similarities, capacity);
      }
      for (int i = 0; i < capacity; i++) {
        similarities[i] *= inverseNorms[i];
      }
    }

    /** A method of its own, so that its loop is compiled by itself. */
    private static void multiplyAdd(
        float factor, float[] columns, int from, float[] sums, int count) {
      for (int i = 0; i < count; i++) {
        sums[i] += factor * columns[from + i];
      }
    }
  }
}
