package io.github.semcache.evaluation;

import io.github.semcache.embedding.Embedding;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Compares every embedding of a list with every other one. Blocks of embeddings are transposed, so
 * that the innermost loop multiplies one component with those of the whole block: the JIT compiler
 * vectorizes it, and it reads each embedding once per block.
 */
final class NeighborSearch {
  private static final int BLOCK = 64;

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
    float[] block = transposed(start, end);
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

  /** Returns component by component the values of all embeddings of a block. */
  private float[] transposed(int start, int end) {
    float[] block = new float[dimension * BLOCK];
    for (int k = 0; k < end - start; k++) {
      for (int i = 0; i < dimension; i++) {
        block[i * BLOCK + k] = unit[start + k][i];
      }
    }
    return block;
  }

  private static void multiply(float[] block, float[] vector, float[] products) {
    Arrays.fill(products, 0);
    for (int i = 0; i < vector.length; i++) {
      float component = vector[i];
      int offset = i * BLOCK;
      for (int k = 0; k < BLOCK; k++) {
        products[k] += component * block[offset + k];
      }
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
