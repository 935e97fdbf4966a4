package io.github.semcache.learning;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How often answer groups, and words that only one of two prompts has, went with right and with
 * wrong verdicts. Safe for use by many threads; readers see each count as it is at that moment.
 */
final class OddsTable {
  /** A count of right and wrong ones. */
  private record Tally(int right, int wrong) {
    static final Tally NONE = new Tally(0, 0);

    Tally plus(boolean isWrong) {
      return isWrong ? new Tally(right, wrong + 1) : new Tally(right + 1, wrong);
    }

    /** How much likelier to be wrong than usual, as a logarithm of odds; 0 if nothing is known. */
    double leaning(Tally all) {
      double usual = all.share();
      return Math.log((wrong + 2 * usual) / (right + 2 * (1 - usual)))
          - Math.log(usual / (1 - usual));
    }

    private double share() {
      return (wrong + 1.0) / (right + wrong + 2.0);
    }
  }

  private final Map<Integer, Tally> words = new ConcurrentHashMap<>();
  private final Map<Long, Tally> groups = new ConcurrentHashMap<>();
  private volatile Tally all = Tally.NONE;

  static OddsTable of(List<TrainingExample> cases) {
    OddsTable records = new OddsTable();
    cases.forEach(records::add);
    return records;
  }

  /** Not to be called by two threads at once. */
  void add(TrainingExample judged) {
    Tally one = Tally.NONE.plus(judged.wrong());
    for (int word : judged.words()) {
      words.merge(word, one, (tally, added) -> tally.plus(judged.wrong()));
    }
    groups.merge(judged.group(), one, (tally, added) -> tally.plus(judged.wrong()));
    all = all.plus(judged.wrong());
  }

  double wordLeaning(int word) {
    return words.getOrDefault(word, Tally.NONE).leaning(all);
  }

  boolean knows(int word) {
    return words.containsKey(word);
  }

  double groupLeaning(long group) {
    return groups.getOrDefault(group, Tally.NONE).leaning(all);
  }

  int groupRight(long group) {
    return groups.getOrDefault(group, Tally.NONE).right();
  }

  int groupWrong(long group) {
    return groups.getOrDefault(group, Tally.NONE).wrong();
  }
}
