package io.github.semcache.evaluation;

import io.github.semcache.verify.BoostedTrees;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Fits gradient-boosted trees to labeled samples: logistic loss, histograms of quantiles, leaves
 * grown best first, and monotone constraints.
 */
public final class GradientBoosting {
  private static final int MAX_BINS = 64;

  public int rounds = 200;
  public int leaves = 12;
  public double rate = 0.1;
  public double lambda = 5;
  public double minHessian = 20;
  public double rowRate = 0.7;
  public double featureRate = 0.5;
  public long seed = 1;

  private final int[] directions;
  private byte[][] bins;
  private float[][] cuts;
  private double[] gradient;
  private double[] hessian;

  public GradientBoosting(int[] directions) {
    this.directions = directions.clone();
  }

  private final class Leaf {
    final int node;
    final int from;
    final int to;
    final double low;
    final double high;
    double gradientSum;
    double hessianSum;
    double gain;
    int feature = -1;
    int bin;
    double leftValue;
    double rightValue;

    Leaf(int node, int from, int to, double low, double high) {
      this.node = node;
      this.from = from;
      this.to = to;
      this.low = low;
      this.high = high;
    }
  }

  public BoostedTrees fit(List<float[]> samples, double[] labels, double[] weights) {
    int n = samples.size();
    int m = directions.length;
    bin(samples, m);
    double positive = 0;
    double total = 0;
    for (int i = 0; i < n; i++) {
      positive += labels[i] * weights[i];
      total += weights[i];
    }
    double bias = Math.log(positive / (total - positive));
    double[] score = new double[n];
    Arrays.fill(score, bias);
    gradient = new double[n];
    hessian = new double[n];
    SplittableRandom random = new SplittableRandom(seed);
    List<BoostedTrees.Tree> trees = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      int count = 0;
      int[] rows = new int[n];
      for (int i = 0; i < n; i++) {
        double p = 1 / (1 + Math.exp(-score[i]));
        gradient[i] = weights[i] * (labels[i] - p);
        hessian[i] = weights[i] * p * (1 - p);
        if (random.nextDouble() < rowRate) {
          rows[count++] = i;
        }
      }
      boolean[] used = new boolean[m];
      for (int f = 0; f < m; f++) {
        used[f] = random.nextDouble() < featureRate;
      }
      BoostedTrees.Tree tree = grow(rows, count, used);
      trees.add(tree);
      for (int i = 0; i < n; i++) {
        score[i] += value(tree, i);
      }
    }
    return new BoostedTrees(bias, unbin(trees));
  }

  private void bin(List<float[]> samples, int m) {
    int n = samples.size();
    bins = new byte[m][n];
    cuts = new float[m][];
    for (int f = 0; f < m; f++) {
      float[] sorted = new float[n];
      for (int i = 0; i < n; i++) {
        sorted[i] = samples.get(i)[f];
      }
      Arrays.sort(sorted);
      List<Float> cut = new ArrayList<>();
      float last = sorted[0];
      int step = 0;
      int distinct = 0;
      for (int i = 1; i < n; i++) {
        distinct += sorted[i] != sorted[i - 1] ? 1 : 0;
      }
      boolean few = distinct < MAX_BINS;
      for (int i = 1; i < n; i++) {
        if (sorted[i] != sorted[i - 1] && (few || i >= (long) (step + 1) * n / MAX_BINS)) {
          cut.add(sorted[i - 1] / 2 + sorted[i] / 2);
          step = Math.max(step + 1, (int) ((long) i * MAX_BINS / n));
        }
      }
      cuts[f] = new float[cut.size()];
      for (int c = 0; c < cuts[f].length; c++) {
        cuts[f][c] = cut.get(c);
      }
      for (int i = 0; i < n; i++) {
        float v = samples.get(i)[f];
        int lo = 0;
        int hi = cuts[f].length;
        while (lo < hi) {
          int mid = (lo + hi) >>> 1;
          if (v <= cuts[f][mid]) {
            hi = mid;
          } else {
            lo = mid + 1;
          }
        }
        bins[f][i] = (byte) lo;
      }
    }
  }

  private int[] features = new int[0];
  private float[] values = new float[0];
  private int[] children = new int[0];
  private int nodes;

  private BoostedTrees.Tree grow(int[] rows, int count, boolean[] used) {
    features = new int[2 * leaves];
    values = new float[2 * leaves];
    children = new int[2 * leaves];
    Arrays.fill(features, -1);
    nodes = 1;
    List<Leaf> open = new ArrayList<>();
    Leaf root = new Leaf(0, 0, count, -1e9, 1e9);
    findSplit(root, rows, used);
    values[0] = (float) (rate * clamp(root.gradientSum / (root.hessianSum + lambda), root));
    open.add(root);
    while (open.size() < leaves) {
      Leaf best = null;
      for (Leaf leaf : open) {
        if (leaf.feature >= 0 && (best == null || leaf.gain > best.gain)) {
          best = leaf;
        }
      }
      if (best == null) {
        break;
      }
      open.remove(best);
      int left = best.from;
      byte[] column = bins[best.feature];
      int[] rest = new int[best.to - best.from];
      int right = 0;
      for (int i = best.from; i < best.to; i++) {
        if (column[rows[i]] <= best.bin) {
          rows[left++] = rows[i];
        } else {
          rest[right++] = rows[i];
        }
      }
      System.arraycopy(rest, 0, rows, left, right);
      features[best.node] = best.feature;
      values[best.node] = best.bin;
      children[best.node] = nodes;
      double middle = (best.leftValue + best.rightValue) / 2;
      int d = directions[best.feature];
      Leaf a =
          new Leaf(nodes, best.from, left, d < 0 ? middle : best.low, d > 0 ? middle : best.high);
      Leaf b =
          new Leaf(nodes + 1, left, best.to, d > 0 ? middle : best.low, d < 0 ? middle : best.high);
      values[nodes] = (float) (rate * best.leftValue);
      values[nodes + 1] = (float) (rate * best.rightValue);
      nodes += 2;
      findSplit(a, rows, used);
      findSplit(b, rows, used);
      open.add(a);
      open.add(b);
    }
    return new BoostedTrees.Tree(
        Arrays.copyOf(features, nodes),
        Arrays.copyOf(values, nodes),
        Arrays.copyOf(children, nodes));
  }

  private static double clampTo(double v, double low, double high) {
    return Math.max(low, Math.min(high, v));
  }

  private double clamp(double v, Leaf leaf) {
    return clampTo(v, leaf.low, leaf.high);
  }

  private void findSplit(Leaf leaf, int[] rows, boolean[] used) {
    double g = 0;
    double h = 0;
    for (int i = leaf.from; i < leaf.to; i++) {
      g += gradient[rows[i]];
      h += hessian[rows[i]];
    }
    leaf.gradientSum = g;
    leaf.hessianSum = h;
    double base = score(g, h, clamp(g / (h + lambda), leaf));
    double[] gs = new double[MAX_BINS + 1];
    double[] hs = new double[MAX_BINS + 1];
    for (int f = 0; f < directions.length; f++) {
      if (!used[f] || cuts[f].length == 0) {
        continue;
      }
      Arrays.fill(gs, 0);
      Arrays.fill(hs, 0);
      byte[] column = bins[f];
      for (int i = leaf.from; i < leaf.to; i++) {
        int r = rows[i];
        gs[column[r]] += gradient[r];
        hs[column[r]] += hessian[r];
      }
      double gl = 0;
      double hl = 0;
      for (int b = 0; b < cuts[f].length; b++) {
        gl += gs[b];
        hl += hs[b];
        if (hl < minHessian || h - hl < minHessian) {
          continue;
        }
        double lv = clamp(gl / (hl + lambda), leaf);
        double rv = clamp((g - gl) / (h - hl + lambda), leaf);
        if (directions[f] * (rv - lv) < 0) {
          continue;
        }
        double gain = score(gl, hl, lv) + score(g - gl, h - hl, rv) - base;
        if (gain > 1e-6 && gain > leaf.gain) {
          leaf.gain = gain;
          leaf.feature = f;
          leaf.bin = b;
          leaf.leftValue = lv;
          leaf.rightValue = rv;
        }
      }
    }
  }

  private double score(double g, double h, double v) {
    return 2 * g * v - (h + lambda) * v * v;
  }

  private double value(BoostedTrees.Tree tree, int row) {
    int node = 0;
    while (tree.features()[node] >= 0) {
      node =
          tree.children()[node] + (bins[tree.features()[node]][row] <= tree.values()[node] ? 0 : 1);
    }
    return tree.values()[node];
  }

  private List<BoostedTrees.Tree> unbin(List<BoostedTrees.Tree> trees) {
    for (BoostedTrees.Tree tree : trees) {
      for (int i = 0; i < tree.features().length; i++) {
        if (tree.features()[i] >= 0) {
          tree.values()[i] = cuts[tree.features()[i]][(int) tree.values()[i]];
        }
      }
    }
    return trees;
  }
}
