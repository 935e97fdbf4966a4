package io.github.semcache.evaluation;

import io.github.semcache.embedding.Embedding;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Compares every embedding of a list with every other one. Blocks of embeddings are transposed, so
 * that the innermost loop multiplies four components with those of the whole block, and each
 * embedding is read once per block. The JIT compiler vectorizes the loop because each component has
 * an array of its own; with offsets into one array, it does not.
 */
final class NeighborSearch {
  private static final int BLOCK = 256;

  private final List<Embedding> embeddings;
  private final float[][] unit;
  private final int dimension;
  private final int maxNeighbors;

  private NeighborSearch(List<Embedding> embeddings, int maxNeighbors) {
    this.embeddings = embeddings;
    this.unit = embeddings.stream().map(NeighborSearch::unit).toArray(float[][]::new);
    this.dimension = unit.length == 0 ? 0 : unit[0].length;
    this.maxNeighbors = maxNeighbors;
  }

  /**
   * Returns the indices of the nearest embeddings to each embedding, nearest first, including the
   * embedding itself. Uses all processors.
   *
   * @param maxNeighbors the maximum number of neighbors of an embedding
   * @param progress receives the number of embeddings done so far; called by one thread at a time
   */
  static int[][] neighbors(List<Embedding> embeddings, int maxNeighbors, IntConsumer progress) {
    NeighborSearch search = new NeighborSearch(embeddings, maxNeighbors);
    int[][] neighbors = new int[embeddings.size()][];
    AtomicInteger done = new AtomicInteger();
    int blocks = (embeddings.size() + BLOCK - 1) / BLOCK;
    IntStream.range(0, blocks)
        .parallel()
        .forEach(
            block -> {
              int start = block * BLOCK;
              int end = Math.min(embeddings.size(), start + BLOCK);
              search.search(start, end, neighbors);
              synchronized (done) {
                for (int i = start; i < end; i++) {
                  progress.accept(done.incrementAndGet());
                }
              }
            });
    return neighbors;
  }

  private static float[] unit(Embedding embedding) {
    float[] components = embedding.toArray();
    double squaredNorm = 0;
    for (float component : components) {
      squaredNorm += (double) component * component;
    }
    float scale = (float) (1 / Math.sqrt(squaredNorm));
    for (int i = 0; i < components.length; i++) {
      components[i] *= scale;
    }
    return components;
  }

  private void search(int start, int end, int[][] neighbors) {
    float[][] block = transposed(start, end);
    NearestIndices[] nearest = new NearestIndices[end - start];
    Arrays.setAll(nearest, i -> new NearestIndices(maxNeighbors));
    float[] products = new float[BLOCK];
    for (int i = 0; i < unit.length; i++) {
      multiply(block, unit[i], products);
      for (int k = 0; k < nearest.length; k++) {
        nearest[k].add(1 - products[k], i);
      }
    }
    for (int k = 0; k < nearest.length; k++) {
      neighbors[start + k] = exact(embeddings.get(start + k), nearest[k].indices());
    }
  }

  /** Returns for each component its values in all embeddings of a block. */
  private float[][] transposed(int start, int end) {
    float[][] block = new float[dimension][BLOCK];
    for (int i = 0; i < dimension; i++) {
      for (int k = 0; k < end - start; k++) {
        block[i][k] = unit[start + k][i];
      }
    }
    return block;
  }

  private static void multiply(float[][] block, float[] vector, float[] products) {
    Arrays.fill(products, 0);
    int i = 0;
    for (; i + 3 < vector.length; i += 4) {
      addProducts(block, vector, i, products);
    }
    for (; i < vector.length; i++) {
      float[] row = block[i];
      float component = vector[i];
      for (int k = 0; k < products.length; k++) {
        products[k] += component * row[k];
      }
    }
  }

  /** Adds the products of four components. */
  private static void addProducts(float[][] block, float[] vector, int from, float[] products) {
    float[] row0 = block[from];
    float[] row1 = block[from + 1];
    float[] row2 = block[from + 2];
    float[] row3 = block[from + 3];
    float component0 = vector[from];
    float component1 = vector[from + 1];
    float component2 = vector[from + 2];
    float component3 = vector[from + 3];
    for (int k = 0; k < products.length; k++) {
      products[k] +=
          component0 * row0[k] + component1 * row1[k] + component2 * row2[k] + component3 * row3[k];
    }
  }

  /** Sorts neighbors by the distance that stores compute, which differs by rounding. */
  private int[] exact(Embedding target, int[] indices) {
    NearestIndices sorted = new NearestIndices(maxNeighbors);
    for (int index : indices) {
      sorted.add((float) target.cosineDistance(embeddings.get(index)), index);
    }
    return sorted.indices();
  }

  /** Selects the indices with the smallest distances. */
  private static final class NearestIndices {
    private final int max;

    /**
     * A distance in the upper half and an index in the lower half, so that it sorts by distance.
     */
    private final long[] nearest;

    private long bound = Long.MAX_VALUE;
    private int count;

    NearestIndices(int max) {
      this.max = max;
      this.nearest = new long[2 * max];
    }

    void add(float distance, int index) {
      long packed = (long) Float.floatToIntBits(Math.max(0, distance)) << Integer.SIZE | index;
      if (packed >= bound) {
        return;
      }
      nearest[count++] = packed;
      if (count == nearest.length) {
        Arrays.sort(nearest);
        count = max;
        bound = nearest[count - 1];
      }
    }

    int[] indices() {
      Arrays.sort(nearest, 0, count);
      return Arrays.stream(nearest, 0, Math.min(count, max))
          .mapToInt(packed -> (int) packed)
          .toArray();
    }
  }
}
