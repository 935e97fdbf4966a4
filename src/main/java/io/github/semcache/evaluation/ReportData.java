package io.github.semcache.evaluation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the script of a report's page reads; the names of the components are those that it uses.
 *
 * @param title the page's title
 * @param model the embedding model
 * @param requests how many prompts were asked
 * @param labels how many different labels they have
 * @param order in which order they were asked
 * @param curves what each policy does
 * @param bins how far each prompt was from its nearest entry, if everything is kept
 * @param wrongHits the most instructive wrong hits
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
   * @param name the policy
   * @param points what it does, from strict to loose
   */
  record Curve(String name, List<Point> points) {}

  /**
   * A policy at one setting; rates are fractions, intervals those of {@link Proportion}.
   *
   * @param setting how the policy was set
   * @param cut the setting as a number, where it is one
   */
  record Point(
      String setting,
      @Nullable Double cut,
      double hitRate,
      double errorRate,
      double errorLower,
      double errorUpper,
      @Nullable Double precision,
      double secondHalfHitRate,
      double secondHalfErrorRate) {

    static Point of(String setting, @Nullable Double cut, ReplayResult result) {
      ReplayCounts total = result.total();
      ReplayCounts half = result.secondHalf();
      Proportion error = total.errorRate().orElseThrow();
      Proportion precision = total.precision().orElseThrow();
      return new Point(
          setting,
          cut,
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
   * Pairs of about the same distance.
   *
   * @param from the least distance
   * @param same how many of them have one answer
   * @param different how many have two
   */
  record Bin(double from, int same, int different) {}

  /**
   * A wrong hit.
   *
   * @param caughtBy the guards that would have stopped it
   */
  record WrongHit(
      String prompt,
      String label,
      String matchedPrompt,
      String matchedLabel,
      double distance,
      long line,
      List<String> caughtBy) {}
}
