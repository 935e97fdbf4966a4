package io.github.semcache.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Feature values of samples, reduced to the index of one of at most 64 intervals per feature. */
final class FeatureBins {
  static final int MAX_BINS = 64;

  private final byte[][] bins;
  private final float[][] thresholds;

  FeatureBins(List<float[]> samples, int features) {
    bins = new byte[features][];
    thresholds = new float[features][];
    for (int f = 0; f < features; f++) {
      float[] values = new float[samples.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = samples.get(i)[f];
      }
      thresholds[f] = thresholds(values);
      bins[f] = new byte[values.length];
      for (int i = 0; i < values.length; i++) {
        bins[f][i] = (byte) binOf(values[i], thresholds[f]);
      }
    }
  }

  /** Returns thresholds between the quantiles of the values. */
  private static float[] thresholds(float[] values) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    int distinct = 1;
    for (int i = 1; i < sorted.length; i++) {
      distinct += sorted[i] == sorted[i - 1] ? 0 : 1;
    }
    List<Float> found = new ArrayList<>();
    for (int i = 1; i < sorted.length; i++) {
      boolean due = (long) i * MAX_BINS >= (long) (found.size() + 1) * sorted.length;
      if (sorted[i] != sorted[i - 1]
          && (due || distinct <= MAX_BINS)
          && found.size() < MAX_BINS - 1) {
        found.add(sorted[i - 1] / 2 + sorted[i] / 2);
      }
    }
    float[] result = new float[found.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = found.get(i);
    }
    return result;
  }

  private static int binOf(float value, float[] thresholds) {
    int low = 0;
    int high = thresholds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (value <= thresholds[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  int features() {
    return bins.length;
  }

  /** Returns the bin of each sample. */
  byte[] column(int feature) {
    return bins[feature];
  }

  /** Returns the number of thresholds of a feature, which is one less than the number of bins. */
  int thresholdCount(int feature) {
    return thresholds[feature].length;
  }

  /** Returns the threshold between a bin and the next one. */
  float threshold(int feature, int bin) {
    return thresholds[feature][bin];
  }
}
