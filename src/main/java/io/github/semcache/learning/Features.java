package io.github.semcache.learning;

import io.github.semcache.store.Match;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the risk of serving the nearest entry's answer is told from. */
final class Features {
  /** The features that are numbers come first. */
  static final int NUMBERS = 21;

  /** The number of features; those after the numbers are 0 or 1. */
  static final int COUNT = NUMBERS + GuardFlags.COUNT;

  /** Keeps logarithms of distances and shares finite. */
  private static final double DISTANCE_FLOOR = 0.01;

  private static final double SHARE_FLOOR = 0.02;

  private Features() {}

  /**
   * Describes a decision.
   *
   * @param matches at least one, nearest first
   * @param pair the query beside the nearest entry
   * @param records what was learned of words and groups
   */
  static float[] of(List<Match> matches, PromptDiff pair, OddsTable records) {
    float[] features = new float[COUNT];
    int next = distances(features, matches);
    next = neighbors(features, next, matches);
    next = history(features, next, pair, records);
    texts(features, next, pair, records);
    return features;
  }

  /** How near the nearest entry is, and how much nearer than the nearest of another group. */
  private static int distances(float[] features, List<Match> matches) {
    double nearest = matches.get(0).distance();
    String group = matches.get(0).entry().group();
    double mean = matches.stream().mapToDouble(Match::distance).average().orElse(nearest);
    double farthest = matches.get(matches.size() - 1).distance();
    double other = farthest + 2 * DISTANCE_FLOOR;
    boolean alone = true;
    for (Match match : matches) {
      if (!match.entry().group().equals(group)) {
        other = match.distance();
        alone = false;
        break;
      }
    }
    int next = 0;
    features[next++] = (float) nearest;
    features[next++] = (float) Math.log(nearest + DISTANCE_FLOOR);
    features[next++] = (float) (other - nearest);
    features[next++] = (float) Math.log((other + DISTANCE_FLOOR) / (nearest + DISTANCE_FLOOR));
    features[next++] = alone ? 1 : 0;
    features[next++] = (float) mean;
    return next;
  }

  /** How the neighbors vote, each with a weight that falls with its distance. */
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
    double share = votes.getOrDefault(group, 0.0) / all;
    double strongestOther = 0;
    for (Map.Entry<String, Double> vote : votes.entrySet()) {
      if (!vote.getKey().equals(group)) {
        strongestOther = Math.max(strongestOther, vote.getValue() / all);
      }
    }
    int next = from;
    features[next++] = (float) share;
    features[next++] = (float) Math.log((share + SHARE_FLOOR) / (1 - share + SHARE_FLOOR));
    features[next++] = (float) members / matches.size();
    features[next++] = (float) strongestOther;
    features[next++] = (float) Math.log1p(votes.size());
    return next;
  }

  /** How often the group was right and wrong before. */
  private static int history(float[] features, int from, PromptDiff pair, OddsTable records) {
    int next = from;
    features[next++] = (float) records.groupLeaning(pair.group());
    features[next++] = (float) Math.log1p(records.groupRight(pair.group()));
    features[next++] = (float) Math.log1p(records.groupWrong(pair.group()));
    return next;
  }

  /** How the two texts differ. */
  private static void texts(float[] features, int from, PromptDiff pair, OddsTable records) {
    double sum = 0;
    double strongest = 0;
    int unknown = 0;
    for (int word : pair.words()) {
      double leaning = records.wordLeaning(word);
      sum += leaning;
      strongest = Math.max(strongest, leaning);
      unknown += records.knows(word) ? 0 : 1;
    }
    int next = from;
    features[next++] = (float) sum;
    features[next++] = (float) strongest;
    features[next++] = (float) Math.log1p(unknown);
    features[next++] = (float) Math.log1p(pair.replaced());
    features[next++] = (float) pair.overlap();
    features[next++] = pair.words().length / 10f;
    features[next++] = (float) pair.lengthRatio();
    for (boolean objection : pair.objections()) {
      features[next++] = objection ? 1 : 0;
    }
  }
}
