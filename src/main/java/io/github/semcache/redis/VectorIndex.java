package io.github.semcache.redis;

/**
 * The vector search algorithm of the index. Immutable.
 *
 * <p>{@link Hnsw} searches a graph. It almost always finds the nearest entry, and the time of a
 * lookup hardly grows with the number of entries. {@link Flat} computes the distance of every entry
 * and always finds the nearest one.
 */
public sealed interface VectorIndex {

  /**
   * Returns an approximate index.
   *
   * @return an HNSW index with M 16, EF_CONSTRUCTION 200, and an EF_RUNTIME that the store selects
   */
  static Hnsw hnsw() {
    return new Hnsw(16, 200, Hnsw.AUTOMATIC);
  }

  /**
   * Returns an exact index, for up to some thousands of entries.
   *
   * @return a brute-force index
   */
  static Flat flat() {
    return new Flat();
  }

  /**
   * An approximate index: a graph of neighbors (hierarchical navigable small world).
   *
   * @param m the maximum number of neighbors of a node, from 2 to 512. A higher number improves the
   *     recall and costs memory and time per write
   * @param efConstruction the number of candidates considered by a write, from 1 to 4096
   * @param efRuntime the number of candidates considered by a search, from 1 to 4096, or {@link
   *     #AUTOMATIC}. It is a parameter of the search and not of the index, so changing it does not
   *     require a new index
   */
  record Hnsw(int m, int efConstruction, int efRuntime) implements VectorIndex {
    /** The store selects the number of candidates by the number of entries in the index. */
    public static final int AUTOMATIC = 0;

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if a component is out of range
     */
    public Hnsw {
      check("m", m, 2, 512);
      check("efConstruction", efConstruction, 1, 4096);
      check("efRuntime", efRuntime, AUTOMATIC, 4096);
    }

    /**
     * Sets the maximum number of neighbors of a node.
     *
     * @param m the number, from 2 to 512; 16 by default
     * @return a copy with that number
     * @throws IllegalArgumentException if the number is out of range
     */
    public Hnsw m(int m) {
      return new Hnsw(m, efConstruction, efRuntime);
    }

    /**
     * Sets the number of candidates considered by a write.
     *
     * @param efConstruction the number, from 1 to 4096; 200 by default
     * @return a copy with that number
     * @throws IllegalArgumentException if the number is out of range
     */
    public Hnsw efConstruction(int efConstruction) {
      return new Hnsw(m, efConstruction, efRuntime);
    }

    /**
     * Sets the number of candidates considered by a search.
     *
     * @param efRuntime the number, from 1 to 4096, or {@link #AUTOMATIC}, which is the default
     * @return a copy with that number
     * @throws IllegalArgumentException if the number is out of range
     */
    public Hnsw efRuntime(int efRuntime) {
      return new Hnsw(m, efConstruction, efRuntime);
    }

    private static void check(String name, int value, int min, int max) {
      if (value < min || value > max) {
        throw new IllegalArgumentException(
            name + " is " + value + "; it must be between " + min + " and " + max);
      }
    }
  }

  /** An exact index: a search computes the distance of every vector. */
  record Flat() implements VectorIndex {}
}
