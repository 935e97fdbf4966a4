package io.github.semcache.verify;

import java.util.List;

/** A sum of decision trees, whose value is the log odds of a class. Immutable and thread-safe. */
public final class BoostedTrees {
  private final double bias;
  private final Tree[] trees;

  /**
   * A binary decision tree. Node 0 is the root. At an inner node, a value at or below the threshold
   * continues at the left child.
   *
   * @param features the feature of each inner node, or -1 for a leaf
   * @param values the threshold of each inner node, or the value of a leaf
   * @param children the index of the left child of each inner node; the right child follows it
   */
  public record Tree(int[] features, float[] values, int[] children) {
    double value(float[] sample) {
      int node = 0;
      while (features[node] >= 0) {
        node = children[node] + (sample[features[node]] <= values[node] ? 0 : 1);
      }
      return values[node];
    }
  }

  public BoostedTrees(double bias, List<Tree> trees) {
    this.bias = bias;
    this.trees = trees.toArray(Tree[]::new);
  }

  double logOdds(float[] sample) {
    double sum = bias;
    for (Tree tree : trees) {
      sum += tree.value(sample);
    }
    return sum;
  }

  public double probability(float[] sample) {
    return 1 / (1 + Math.exp(-logOdds(sample)));
  }

  public double bias() {
    return bias;
  }

  public List<Tree> trees() {
    return List.of(trees);
  }
}
