package io.github.semcache.evaluation;

import java.util.List;
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
 * @param curves the rates of each policy
 * @param bins a histogram of the distance of each prompt to its nearest earlier prompt
 * @param wrongHits a sample of the wrong hits
 */
record ReportData(
    String title,
    String model,
    int requests,
    int labels,
    String order,
    List<Curve> curves,
    List<Bin> bins,
    List<WrongHit> wrongHits) {

  /**
   * A policy at several settings.
   *
   * @param name the name of the policy
   * @param points the rates at each setting
   */
  record Curve(String name, List<Point> points) {}

  /**
   * A policy at one setting. Rates are fractions; {@code errorLower} and {@code errorUpper} are the
   * ends of the interval of {@link Proportion}.
   *
   * @param setting the name of the setting
   * @param threshold the threshold, or null if the setting is not a threshold
   */
  record Point(
      String setting,
      @Nullable Double threshold,
      double hitRate,
      double errorRate,
      double errorLower,
      double errorUpper,
      @Nullable Double precision,
      double secondHalfHitRate,
      double secondHalfErrorRate) {

    static Point of(String setting, @Nullable Double threshold, ReplayResult result) {
      ReplayCounts total = result.total();
      ReplayCounts half = result.secondHalf();
      Proportion error = total.errorRate().orElseThrow();
      Proportion precision = total.precision().orElseThrow();
      return new Point(
          setting,
          threshold,
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
