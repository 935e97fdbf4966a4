package io.github.semcache.learning;

import io.github.semcache.store.Match;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The features that predict the risk of serving the nearest entry. */
final class Features {
  /** The number of numeric features, which come first. */
  static final int NUMBERS = 23;

  /** The number of all features. The features after the numeric features are 0 or 1. */
  static final int COUNT = NUMBERS + GuardFlags.COUNT;

  /** Keeps logarithms of distances finite. */
  private static final double DISTANCE_FLOOR = 0.01;

  /** Keeps logarithms of fractions finite. */
  private static final double FRACTION_FLOOR = 0.02;

  /** Keeps log odds of scores finite. */
  private static final double SCORE_FLOOR = 0.005;

  private Features() {}

  /**
   * Returns the features of a decision.
   *
   * @param matches at least one, nearest first
   * @param diff the difference of the query and the prompt of the nearest entry
   * @param odds the verdicts per word and group
   * @param score the verifier's probability that the answer fits, in [0, 1]
   */
  static float[] of(List<Match> matches, PromptDiff diff, OddsTable odds, double score) {
    float[] features = new float[COUNT];
    int next = distances(features, matches);
    next = neighbors(features, next, matches);
    next = history(features, next, diff, odds);
    features[next++] = (float) score;
    features[next++] = (float) Math.log((score + SCORE_FLOOR) / (1 - score + SCORE_FLOOR));
    texts(features, next, diff, odds);
    return features;
  }

  /** Adds the distance of the nearest entry and its margin to the nearest of another group. */
  private static int distances(float[] features, List<Match> matches) {
    double nearest = matches.get(0).distance();
    String group = matches.get(0).entry().group();
    double mean = matches.stream().mapToDouble(Match::distance).average().orElse(nearest);
    double farthest = matches.get(matches.size() - 1).distance();
    double other = farthest + 2 * DISTANCE_FLOOR;
    boolean single = true;
    for (Match match : matches) {
      if (!match.entry().group().equals(group)) {
        other = match.distance();
        single = false;
        break;
      }
    }
    int next = 0;
    features[next++] = (float) nearest;
    features[next++] = (float) Math.log(nearest + DISTANCE_FLOOR);
    features[next++] = (float) (other - nearest);
    features[next++] = (float) Math.log((other + DISTANCE_FLOOR) / (nearest + DISTANCE_FLOOR));
    features[next++] = single ? 1 : 0;
    features[next++] = (float) mean;
    return next;
  }

  /** Adds the votes of the neighbors, weighted by distance. */
  private static int neighbors(float[] features, int from, List<Match> matches) {
    double nearest = matches.get(0).distance();
    double spread = Math.max(0.3 * nearest, 2 * DISTANCE_FLOOR);
    String group = matches.get(0).entry().group();
    Map<String, Double> votes = new HashMap<>();
    double all = 0;
    int members = 0;
    for (Match match : matches) {
      double vote = Math.exp((nearest - match.distance()) / spread);
      votes.merge(match.entry().group(), vote, Double::sum);
      all += vote;
      members += match.entry().group().equals(group) ? 1 : 0;
    }
    double fraction = votes.getOrDefault(group, 0.0) / all;
    double strongestOther = 0;
    for (Map.Entry<String, Double> vote : votes.entrySet()) {
      if (!vote.getKey().equals(group)) {
        strongestOther = Math.max(strongestOther, vote.getValue() / all);
      }
    }
    int next = from;
    features[next++] = (float) fraction;
    features[next++] =
        (float) Math.log((fraction + FRACTION_FLOOR) / (1 - fraction + FRACTION_FLOOR));
    features[next++] = (float) members / matches.size();
    features[next++] = (float) strongestOther;
    features[next++] = (float) Math.log1p(votes.size());
    return next;
  }

  /** Adds the earlier verdicts on the group. */
  private static int history(float[] features, int from, PromptDiff diff, OddsTable odds) {
    int next = from;
    features[next++] = (float) odds.groupLogOdds(diff.group());
    features[next++] = (float) Math.log1p(odds.groupRight(diff.group()));
    features[next++] = (float) Math.log1p(odds.groupWrong(diff.group()));
    return next;
  }

  /** Adds the differences of the two texts. */
  private static void texts(float[] features, int from, PromptDiff diff, OddsTable odds) {
    double sum = 0;
    double strongest = 0;
    int unknown = 0;
    for (int word : diff.words()) {
      double logOdds = odds.wordLogOdds(word);
      sum += logOdds;
      strongest = Math.max(strongest, logOdds);
      unknown += odds.contains(word) ? 0 : 1;
    }
    int next = from;
    features[next++] = (float) sum;
    features[next++] = (float) strongest;
    features[next++] = (float) Math.log1p(unknown);
    features[next++] = (float) Math.log1p(diff.replaced());
    features[next++] = (float) diff.overlap();
    features[next++] = diff.words().length / 10f;
    features[next++] = (float) diff.lengthRatio();
    for (boolean rejection : diff.rejections()) {
      features[next++] = rejection ? 1 : 0;
    }
  }
}
