package io.github.semcache.evaluation;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The data of a report. It is serialized as JSON into the page, whose script uses the component
 * names.
 *
 * @param title the title of the page
 * @param model the embedding model
 * @param requests the number of prompts
 * @param labels the number of distinct labels
 * @param order a description of the order of the prompts
 * @param command the command line that wrote the report, or null
 * @param createdAt when the report was created, as ISO 8601
 * @param maxErrorRate the highest acceptable error rate
 * @param recommendation the recommended policy, or null if no setting is acceptable
 * @param curves the rates of each policy
 * @param scores the precision over the hit ratio for each score
 * @param reliability how well the scores of the verifier agree with the labels
 * @param reliabilityDistance the maximum distance of the pairs in {@code reliability}
 * @param bins a histogram of the distance of each prompt to its nearest earlier prompt
 * @param wrongHits a sample of the wrong hits
 */
record ReportData(
    String title,
    String model,
    int requests,
    int labels,
    String order,
    @Nullable String command,
    String createdAt,
    double maxErrorRate,
    @Nullable Recommendation recommendation,
    List<Curve> curves,
    List<ScoreCurve> scores,
    Reliability reliability,
    double reliabilityDistance,
    List<Bin> bins,
    List<WrongHit> wrongHits) {

  /**
   * A policy at several settings.
   *
   * @param name the name of the policy
   * @param points the rates at each setting
   * @param chosen the index of the point with the most hits among those whose error rate is
   *     acceptable, or of the point with the lowest error rate if there is none
   */
  record Curve(String name, List<Point> points, int chosen) {

    static Curve of(String name, List<Point> points, double maxErrorRate) {
      Comparator<Integer> byHits = Comparator.comparingDouble(i -> points.get(i).hitRate());
      Comparator<Integer> byErrors = Comparator.comparingDouble(i -> points.get(i).errorRate());
      int chosen =
          IntStream.range(0, points.size())
              .boxed()
              .filter(i -> points.get(i).errorRate() <= maxErrorRate)
              .max(byHits)
              .or(() -> IntStream.range(0, points.size()).boxed().min(byErrors))
              .orElseThrow();
      return new Curve(name, points, chosen);
    }
  }

  /**
   * The setting with the most hits among those whose error rate is at most the acceptable one with
   * confidence: the upper end of its interval is not higher.
   *
   * @param policy the name of the policy
   * @param point the rates
   */
  record Recommendation(String policy, Point point) {

    static @Nullable Recommendation of(List<Curve> curves, double maxErrorRate) {
      Recommendation best = null;
      for (Curve curve : curves) {
        for (Point point : curve.points()) {
          boolean isAcceptable = point.errorUpper() <= maxErrorRate && point.code() != null;
          if (isAcceptable && (best == null || point.hitRate() > best.point().hitRate())) {
            best = new Recommendation(curve.name(), point);
          }
        }
      }
      return best;
    }
  }

  /**
   * The precision over the hit ratio if a threshold on a score decides.
   *
   * @param name the name of the score
   * @param points the points of {@link PrecisionCurve#grid}
   * @param area see {@link PrecisionCurve#hitRatioArea}
   * @param averagePrecision see {@link PrecisionCurve#averagePrecision}; null if it is empty
   * @param calibrationRetention see {@link PrecisionCurve#calibrationRetention}; null if it is
   *     empty
   */
  record ScoreCurve(
      String name,
      List<PrecisionCurve.Point> points,
      double area,
      @Nullable Double averagePrecision,
      @Nullable Double calibrationRetention) {

    static ScoreCurve of(String name, List<PrecisionCurve.Scored> decisions) {
      PrecisionCurve curve = PrecisionCurve.of(decisions);
      return new ScoreCurve(
          name,
          curve.grid(),
          curve.hitRatioArea(),
          value(curve.averagePrecision()),
          value(curve.calibrationRetention()));
    }

    private static @Nullable Double value(OptionalDouble value) {
      return value.isPresent() ? value.getAsDouble() : null;
    }
  }

  /**
   * A policy at one setting. Rates are fractions; {@code errorLower} and {@code errorUpper} are the
   * ends of the interval of {@link Proportion}.
   *
   * @param setting the name of the setting
   * @param threshold the threshold, or null if the setting is not a threshold
   * @param code the Java code that builds a cache with the setting, or null
   */
  record Point(
      String setting,
      @Nullable Double threshold,
      @Nullable String code,
      double hitRate,
      double errorRate,
      double errorLower,
      double errorUpper,
      @Nullable Double precision,
      double secondHalfHitRate,
      double secondHalfErrorRate) {

    static Point of(
        String setting, @Nullable Double threshold, @Nullable String code, ReplayResult result) {
      ReplayCounts total = result.total();
      ReplayCounts half = result.secondHalf();
      Proportion error = total.errorRate().orElseThrow();
      Proportion precision = total.precision().orElseThrow();
      return new Point(
          setting,
          threshold,
          code,
          total.hitRate().value().orElse(0),
          error.value().orElse(0),
          error.lower(),
          error.upper(),
          precision.total() == 0 ? null : precision.value().orElseThrow(),
          half.hitRate().value().orElse(0),
          half.errorRate().orElseThrow().value().orElse(0));
    }
  }

  /**
   * A bin of the histogram.
   *
   * @param from the lower end of the bin, as a cosine distance
   * @param same the number of pairs with the same answer
   * @param different the number of pairs with different answers
   */
  record Bin(double from, int same, int different) {}

  /**
   * A wrong hit.
   *
   * @param rejectedBy the reasons of the guards that reject the pair
   */
  record WrongHit(
      String prompt,
      String label,
      String matchedPrompt,
      String matchedLabel,
      double distance,
      long line,
      List<String> rejectedBy) {}
}
