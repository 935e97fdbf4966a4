package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The precision of scored decisions at each score threshold. A decision is a hit if its score is at
 * least the threshold.
 *
 * <p>PrecisionCurve is immutable.
 */
public final class PrecisionCurve {
  private static final int GRID = 100;

  private final List<Scored> descending;
  private final int same;

  /**
   * The score of a decision.
   *
   * @param score the score, in [0, 1]; higher scores are more likely to be correct hits
   * @param sameAnswer whether a hit is correct
   */
  public record Scored(double score, boolean sameAnswer) {

    /**
     * Checks the score.
     *
     * @throws IllegalArgumentException if the score is outside [0, 1]
     */
    public Scored {
      if (!(score >= 0 && score <= 1)) {
        throw new IllegalArgumentException(
            "score is " + score + "; it must be at least 0 and at most 1");
      }
    }
  }

  /**
   * The rates at a threshold.
   *
   * @param threshold the lowest score of a hit
   * @param hitRatio the fraction of decisions that are hits
   * @param precision the fraction of hits that are correct
   * @param recall the fraction of the decisions with the same answer that are hits; 0 if no
   *     decision has the same answer
   */
  public record Point(double threshold, double hitRatio, double precision, double recall) {}

  private PrecisionCurve(List<Scored> descending) {
    this.descending = descending;
    this.same = (int) descending.stream().filter(Scored::sameAnswer).count();
  }

  /**
   * Returns the curve of scored decisions.
   *
   * @param decisions the decisions, in any order
   * @return the curve
   */
  public static PrecisionCurve of(List<Scored> decisions) {
    return new PrecisionCurve(
        requireNonNull(decisions, "decisions").stream()
            .sorted(Comparator.comparingDouble(Scored::score).reversed())
            .toList());
  }

  /**
   * Returns the rates at each distinct score, from the highest score to the lowest.
   *
   * @return the points, empty if there are no decisions
   */
  public List<Point> points() {
    List<Point> points = new ArrayList<>();
    int right = 0;
    for (int i = 0; i < descending.size(); i++) {
      Scored decision = descending.get(i);
      right += decision.sameAnswer() ? 1 : 0;
      boolean isLastOfScore =
          i + 1 == descending.size() || descending.get(i + 1).score() < decision.score();
      if (isLastOfScore) {
        points.add(point(decision.score(), i + 1, right));
      }
    }
    return points;
  }

  private Point point(double threshold, int hits, int right) {
    return new Point(
        threshold,
        (double) hits / descending.size(),
        (double) right / hits,
        same == 0 ? 0 : (double) right / same);
  }

  /**
   * Returns the average precision: the sum over the distinct scores of the precision times the
   * increase of the recall. It measures the order of the scores and not their values.
   *
   * @return the average precision, in [0, 1]; empty unless some decisions have the same answer and
   *     some do not
   */
  public OptionalDouble averagePrecision() {
    if (same == 0 || same == descending.size()) {
      return OptionalDouble.empty();
    }
    double sum = 0;
    double recall = 0;
    for (Point point : points()) {
      sum += point.precision() * (point.recall() - recall);
      recall = point.recall();
    }
    return OptionalDouble.of(sum);
  }

  /**
   * Returns the rates at the thresholds 0, 0.01, ..., 1 at which there are hits, in the order of
   * their hit ratio. Of points with the same hit ratio, which have the same hits, the one with the
   * highest threshold is returned.
   *
   * @return the points of the curve of precision over hit ratio
   */
  public List<Point> grid() {
    List<Point> points = points();
    List<Point> grid = new ArrayList<>();
    int next = 0;
    for (int step = GRID; step >= 0; step--) {
      double threshold = (double) step / GRID;
      while (next < points.size() && points.get(next).threshold() >= threshold) {
        next++;
      }
      if (next > 0) {
        Point at = points.get(next - 1);
        if (grid.isEmpty() || grid.get(grid.size() - 1).hitRatio() < at.hitRatio()) {
          grid.add(new Point(threshold, at.hitRatio(), at.precision(), at.recall()));
        }
      }
    }
    return grid;
  }

  /**
   * Returns the area under the precision as a function of the cache hit ratio (P-CHR AUC), over the
   * hit ratios of the thresholds 0, 0.01, ..., 1, by the trapezoidal rule. Unlike {@link
   * #averagePrecision}, it is small if the scores are in the right order but most of them are so
   * close together that a threshold cannot separate them.
   *
   * <p>Source: A. Baral et al., Closing the Calibration Gap in Semantic Caching, 2026,
   * arXiv:2606.19719.
   *
   * @return the area, in [0, 1]
   */
  public double hitRatioArea() {
    List<Point> grid = grid();
    double area = 0;
    for (int i = 1; i < grid.size(); i++) {
      Point left = grid.get(i - 1);
      Point right = grid.get(i);
      area += (right.hitRatio() - left.hitRatio()) * (left.precision() + right.precision()) / 2;
    }
    return area;
  }

  /**
   * Returns the calibration retention rate: {@link #hitRatioArea} divided by {@link
   * #averagePrecision}. The source is the same as that of the area. Compare it only between scores
   * of the same decisions, because it also depends on the fraction of decisions with the same
   * answer.
   *
   * @return the rate, at least 0; empty if there is no average precision
   */
  public OptionalDouble calibrationRetention() {
    OptionalDouble average = averagePrecision();
    return average.isEmpty() ? average : OptionalDouble.of(hitRatioArea() / average.getAsDouble());
  }
}
