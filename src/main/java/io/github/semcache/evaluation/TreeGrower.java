package io.github.semcache.evaluation;

import io.github.semcache.internal.verify.BoostedTrees;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Grows one regression tree, the leaf with the largest gain first. Not thread-safe. */
final class TreeGrower {
  private static final double UNBOUNDED = 1e9;
  private static final double MIN_GAIN = 1e-6;

  private final GradientBoosting.Options options;
  private final FeatureBins bins;
  private final int[] directions;
  private final boolean[] used;
  private final double[] gradient;
  private final double[] hessian;
  private final int[] rows;
  private final int[] spare;
  private final int[] features;
  private final float[] values;
  private final int[] children;
  private int nodes = 1;

  TreeGrower(
      GradientBoosting.Options options,
      FeatureBins bins,
      int[] directions,
      boolean[] used,
      double[] gradient,
      double[] hessian,
      int[] rows) {
    this.options = options;
    this.bins = bins;
    this.directions = directions;
    this.used = used;
    this.gradient = gradient;
    this.hessian = hessian;
    this.rows = rows;
    this.spare = new int[rows.length];
    this.features = new int[2 * options.leaves()];
    this.values = new float[2 * options.leaves()];
    this.children = new int[2 * options.leaves()];
    Arrays.fill(features, -1);
  }

  /** A leaf with the rows that reach it and the bounds of the monotone constraints. */
  private record Leaf(int node, int from, int to, double low, double high) {
    double clamp(double value) {
      return Math.max(low, Math.min(high, value));
    }
  }

  private record Split(Leaf leaf, int feature, int bin, double gain, double left, double right) {}

  BoostedTrees.Tree grow() {
    List<Split> open = new ArrayList<>();
    findSplit(new Leaf(0, 0, rows.length, -UNBOUNDED, UNBOUNDED)).ifPresent(open::add);
    for (int leaves = 1; leaves < options.leaves() && !open.isEmpty(); leaves++) {
      Split best = open.stream().max(Comparator.comparingDouble(Split::gain)).orElseThrow();
      open.remove(best);
      for (Leaf child : split(best)) {
        findSplit(child).ifPresent(open::add);
      }
    }
    return new BoostedTrees.Tree(
        Arrays.copyOf(features, nodes),
        Arrays.copyOf(values, nodes),
        Arrays.copyOf(children, nodes));
  }

  private List<Leaf> split(Split split) {
    Leaf leaf = split.leaf();
    int middle = partition(leaf, split.feature(), split.bin());
    features[leaf.node()] = split.feature();
    values[leaf.node()] = bins.threshold(split.feature(), split.bin());
    children[leaf.node()] = nodes;
    double bound = (split.left() + split.right()) / 2;
    int direction = directions[split.feature()];
    Leaf left =
        new Leaf(
            nodes,
            leaf.from(),
            middle,
            direction < 0 ? bound : leaf.low(),
            direction > 0 ? bound : leaf.high());
    Leaf right =
        new Leaf(
            nodes + 1,
            middle,
            leaf.to(),
            direction > 0 ? bound : leaf.low(),
            direction < 0 ? bound : leaf.high());
    values[nodes++] = (float) (options.rate() * split.left());
    values[nodes++] = (float) (options.rate() * split.right());
    return List.of(left, right);
  }

  /** Moves the rows of the left child before those of the right one; returns where those start. */
  private int partition(Leaf leaf, int feature, int bin) {
    byte[] column = bins.column(feature);
    int left = leaf.from();
    int right = 0;
    for (int i = leaf.from(); i < leaf.to(); i++) {
      if (column[rows[i]] <= bin) {
        rows[left++] = rows[i];
      } else {
        spare[right++] = rows[i];
      }
    }
    System.arraycopy(spare, 0, rows, left, right);
    return left;
  }

  private Optional<Split> findSplit(Leaf leaf) {
    double gradientSum = 0;
    double hessianSum = 0;
    for (int i = leaf.from(); i < leaf.to(); i++) {
      gradientSum += gradient[rows[i]];
      hessianSum += hessian[rows[i]];
    }
    double value = leaf.clamp(gradientSum / (hessianSum + options.lambda()));
    double base = score(gradientSum, hessianSum, value);
    Split best = null;
    for (int f = 0; f < bins.features(); f++) {
      if (used[f] && bins.thresholdCount(f) > 0) {
        Split split = bestSplit(leaf, f, gradientSum, hessianSum, base);
        best = split != null && (best == null || split.gain() > best.gain()) ? split : best;
      }
    }
    return Optional.ofNullable(best);
  }

  private @Nullable Split bestSplit(
      Leaf leaf, int feature, double gradientSum, double hessianSum, double base) {
    double[] gradients = new double[FeatureBins.MAX_BINS];
    double[] hessians = new double[FeatureBins.MAX_BINS];
    byte[] column = bins.column(feature);
    for (int i = leaf.from(); i < leaf.to(); i++) {
      gradients[column[rows[i]]] += gradient[rows[i]];
      hessians[column[rows[i]]] += hessian[rows[i]];
    }
    Split best = null;
    double g = 0;
    double h = 0;
    for (int bin = 0; bin < bins.thresholdCount(feature); bin++) {
      g += gradients[bin];
      h += hessians[bin];
      double left = leaf.clamp(g / (h + options.lambda()));
      double right = leaf.clamp((gradientSum - g) / (hessianSum - h + options.lambda()));
      double gain = score(g, h, left) + score(gradientSum - g, hessianSum - h, right) - base;
      boolean allowed =
          Math.min(h, hessianSum - h) >= options.minHessian()
              && directions[feature] * (right - left) >= 0;
      if (allowed && gain > (best == null ? MIN_GAIN : best.gain())) {
        best = new Split(leaf, feature, bin, gain, left, right);
      }
    }
    return best;
  }

  /** Returns twice the reduction of the loss, to second order, by a leaf with a value. */
  private double score(double gradientSum, double hessianSum, double value) {
    return 2 * gradientSum * value - (hessianSum + options.lambda()) * value * value;
  }
}
