package io.github.semcache.internal.verify;

/** The values of the features of one pair. Not thread-safe. */
final class FeatureValues {
  private final float[] values;

  FeatureValues() {
    this(new float[Feature.count()]);
  }

  private FeatureValues(float[] values) {
    this.values = values;
  }

  FeatureValues copy() {
    return new FeatureValues(values.clone());
  }

  void set(Feature feature, double value) {
    values[feature.index()] = (float) value;
  }

  void set(Feature feature, boolean value) {
    set(feature, value ? 1 : 0);
  }

  void setMaxMin(Feature max, Feature min, double a, double b) {
    set(max, Math.max(a, b));
    set(min, Math.min(a, b));
  }

  double get(Feature feature) {
    return values[feature.index()];
  }

  boolean has(Feature feature) {
    return get(feature) > 0;
  }

  /** Returns the values in the order of {@link Feature}, not copied. */
  float[] array() {
    return values;
  }
}
