package io.github.semcache.stats;

/**
 * How good the hits are, as far as judges and people have said. A snapshot: it does not change.
 *
 * @param shadowHits requests that would have been answered from the cache, in shadow mode
 * @param shadowTokensSaved input and output tokens of the model calls that these would have made
 *     needless, where known
 * @param right audited hits, and hits in shadow mode, that were judged to be right
 * @param wrong audited hits, and hits in shadow mode, that were judged to be wrong
 * @param judged comparisons of answers, those that came to no verdict included
 * @param unknown comparisons that came to no verdict
 * @param dropped comparisons that were not made because too many others waited
 * @param reportedRight answers that people said were right
 * @param reportedWrong answers that people said were wrong
 */
public record HitQuality(
    long shadowHits,
    long shadowTokensSaved,
    long right,
    long wrong,
    long judged,
    long unknown,
    long dropped,
    long reportedRight,
    long reportedWrong) {

  /** The quantile of the normal distribution that leaves 2.5 % above it. */
  private static final double Z = 1.959964;

  /** Nothing was judged. */
  public static final HitQuality NONE = new HitQuality(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /**
   * The estimated share of hits that are right.
   *
   * @return 0 to 1; 1 if none was judged
   */
  public double precision() {
    return right + wrong == 0 ? 1 : (double) right / (right + wrong);
  }

  /**
   * The lower end of the 95 % confidence interval of {@link #precision}, after Wilson.
   *
   * @return 0 to 1; 0 if no hit was judged
   */
  public double precisionAtLeast() {
    return right + wrong == 0 ? 0 : Math.max(0, wilson(-1));
  }

  /**
   * The upper end of the 95 % confidence interval of {@link #precision}, after Wilson.
   *
   * @return 0 to 1; 1 if no hit was judged
   */
  public double precisionAtMost() {
    return right + wrong == 0 ? 1 : Math.min(1, wilson(1));
  }

  private double wilson(int side) {
    double n = right + wrong;
    double p = precision();
    double halfWidth = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
    return (p + Z * Z / (2 * n) + side * halfWidth) / (1 + Z * Z / n);
  }
}
