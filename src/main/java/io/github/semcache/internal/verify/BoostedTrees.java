package io.github.semcache.internal.verify;

import java.util.List;

/** A sum of decision trees, whose value is the log odds of a class. Immutable and thread-safe. */
public final class BoostedTrees {
  private final double bias;
  private final Tree[] trees;

  /**
   * A binary decision tree. Node 0 is the root. At an inner node, a value at or below the threshold
   * continues at the left child. Immutable and thread-safe.
   */
  public static final class Tree {
    private final int[] features;
    private final float[] values;
    private final int[] children;

    /**
     * Creates a tree.
     *
     * @param features the feature of each inner node, or -1 for a leaf
     * @param values the threshold of each inner node, or the value of a leaf
     * @param children the index of the left child of each inner node; the right child follows it
     */
    public Tree(int[] features, float[] values, int[] children) {
      this.features = features.clone();
      this.values = values.clone();
      this.children = children.clone();
    }

    int size() {
      return features.length;
    }

    int feature(int node) {
      return features[node];
    }

    float number(int node) {
      return values[node];
    }

    int child(int node) {
      return children[node];
    }

    /**
     * Returns the value of the leaf that a sample reaches.
     *
     * @param sample the feature values
     * @return the value
     */
    public double value(float[] sample) {
      int node = 0;
      while (features[node] >= 0) {
        node = children[node] + (sample[features[node]] <= values[node] ? 0 : 1);
      }
      return values[node];
    }
  }

  /**
   * Creates a sum of trees.
   *
   * @param bias the constant that is added to the values of the trees
   * @param trees the trees
   */
  public BoostedTrees(double bias, List<Tree> trees) {
    this.bias = bias;
    this.trees = trees.toArray(Tree[]::new);
  }

  /**
   * Returns the log odds of the class.
   *
   * @param sample the feature values
   * @return the sum of the bias and the values of all trees
   */
  public double logOdds(float[] sample) {
    double sum = bias;
    for (Tree tree : trees) {
      sum += tree.value(sample);
    }
    return sum;
  }

  /**
   * Returns the constant that is added to the values of the trees.
   *
   * @return the bias
   */
  public double bias() {
    return bias;
  }

  /**
   * Returns the trees.
   *
   * @return an unmodifiable list
   */
  public List<Tree> trees() {
    return List.of(trees);
  }
}
