package io.github.semcache.evaluation;

import io.github.semcache.internal.verify.BoostedTrees;
import io.github.semcache.internal.verify.PairFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Fits gradient-boosted trees with a logistic loss and monotone constraints (Friedman, Greedy
 * Function Approximation, 2001; histograms and second-order leaf values as in LightGBM and
 * XGBoost).
 */
final class GradientBoosting {
  private final Options options;

  GradientBoosting(Options options) {
    this.options = options;
  }

  /**
   * The options.
   *
   * @param rounds the number of trees
   * @param leaves the maximum number of leaves of a tree
   * @param rate the learning rate
   * @param lambda the L2 penalty of leaf values
   * @param minHessian the minimum sum of the second derivatives in a leaf
   * @param rowRate the fraction of the samples that each tree is fitted to
   * @param featureRate the fraction of the features that each tree may use
   * @param seed the seed of the samples and features of each tree
   */
  record Options(
      int rounds,
      int leaves,
      double rate,
      double lambda,
      double minHessian,
      double rowRate,
      double featureRate,
      long seed) {

    static Options scratch(long seed) {
      return new Options(250, 24, 0.1, 5, 10, 0.7, 0.5, seed);
    }

    static Options adaptation(long seed) {
      return new Options(60, 8, 0.1, 10, 3, 0.7, 0.5, seed);
    }
  }

  /**
   * Fits trees.
   *
   * @param samples the feature values of each example
   * @param rows the labels and weights of the examples
   * @param initial the trees to start from, or null
   * @return the initial trees and the new ones
   * @throws IllegalStateException if all examples have the same label
   */
  BoostedTrees fit(List<float[]> samples, List<FeaturedPair> rows, @Nullable BoostedTrees initial) {
    FeatureBins bins = new FeatureBins(samples, PairFeatures.directions().length);
    double bias = initial == null ? bias(rows) : initial.bias();
    double[] score = new double[rows.size()];
    Arrays.fill(score, bias);
    if (initial != null) {
      Arrays.setAll(score, i -> initial.logOdds(samples.get(i)));
      bias(rows);
    }
    List<BoostedTrees.Tree> trees = new ArrayList<>(initial == null ? List.of() : initial.trees());
    SplittableRandom random = new SplittableRandom(options.seed());
    for (int round = 0; round < options.rounds(); round++) {
      BoostedTrees.Tree tree = fitTree(bins, rows, score, random);
      trees.add(tree);
      for (int i = 0; i < score.length; i++) {
        score[i] += tree.value(samples.get(i));
      }
    }
    return new BoostedTrees(bias, trees);
  }

  /** Returns the log odds of the labels. */
  private static double bias(List<FeaturedPair> rows) {
    double same = 0;
    double total = 0;
    for (FeaturedPair row : rows) {
      same += row.same() ? row.weight() : 0;
      total += row.weight();
    }
    if (!(same > 0 && same < total)) {
      throw new IllegalStateException(
          "the examples must contain pairs with the same answer and pairs with different answers");
    }
    return Math.log(same / (total - same));
  }

  private BoostedTrees.Tree fitTree(
      FeatureBins bins, List<FeaturedPair> rows, double[] score, SplittableRandom random) {
    double[] gradient = new double[score.length];
    double[] hessian = new double[score.length];
    int[] drawn = new int[score.length];
    int count = 0;
    for (int i = 0; i < score.length; i++) {
      double probability = 1 / (1 + Math.exp(-score[i]));
      gradient[i] = rows.get(i).weight() * ((rows.get(i).same() ? 1 : 0) - probability);
      hessian[i] = rows.get(i).weight() * probability * (1 - probability);
      if (random.nextDouble() < options.rowRate()) {
        drawn[count++] = i;
      }
    }
    boolean[] used = new boolean[bins.features()];
    for (int f = 0; f < used.length; f++) {
      used[f] = random.nextDouble() < options.featureRate();
    }
    int[] directions = PairFeatures.directions();
    return new TreeGrower(
            options, bins, directions, used, gradient, hessian, Arrays.copyOf(drawn, count))
        .grow();
  }
}
