package io.github.semcache.learning;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers of right and wrong verdicts per answer group and per word that only one of two
 * prompts contains. Immutable.
 *
 * <p>Examples are added to a small map of recent changes on top of a large shared map, so that
 * copying is cheap.
 */
final class OddsTable {
  /** The size at which the recent changes are merged into the shared map. */
  private static final int MAX_RECENT = 1_024;

  static final OddsTable EMPTY = new OddsTable(Map.of(), Map.of(), Counts.NONE);

  /** A number of right and of wrong verdicts. */
  private record Counts(int right, int wrong) {
    static final Counts NONE = new Counts(0, 0);

    Counts plus(boolean isWrong) {
      return isWrong ? new Counts(right, wrong + 1) : new Counts(right + 1, wrong);
    }

    /**
     * Returns the log odds of a wrong verdict, relative to the log odds over all verdicts. The
     * counts are smoothed with two pseudo-verdicts at the overall rate; 0 if there is no verdict.
     */
    double relativeLogOdds(Counts all) {
      double usual = all.smoothedRate();
      return Math.log((wrong + 2 * usual) / (right + 2 * (1 - usual)))
          - Math.log(usual / (1 - usual));
    }

    private double smoothedRate() {
      return (wrong + 1.0) / (right + wrong + 2.0);
    }
  }

  /** A feature with counts: a word or an answer group. */
  private sealed interface Key {
    record Word(int hash) implements Key {}

    record Group(long hash) implements Key {}
  }

  private final Map<Key, Counts> base;
  private final Map<Key, Counts> recent;
  private final Counts all;

  private OddsTable(Map<Key, Counts> base, Map<Key, Counts> recent, Counts all) {
    this.base = base;
    this.recent = recent;
    this.all = all;
  }

  static OddsTable of(List<TrainingExample> examples) {
    return EMPTY.plus(examples);
  }

  /** Returns a table with one more example. */
  OddsTable plus(TrainingExample example) {
    return plus(List.of(example));
  }

  /** Returns a table with more examples. */
  OddsTable plus(List<TrainingExample> examples) {
    Map<Key, Counts> changes = new HashMap<>(recent);
    Counts total = all;
    for (TrainingExample example : examples) {
      for (int word : example.words()) {
        count(new Key.Word(word), example, changes);
      }
      count(new Key.Group(example.group()), example, changes);
      total = total.plus(example.wrong());
    }
    if (changes.size() <= MAX_RECENT) {
      return new OddsTable(base, changes, total);
    }
    Map<Key, Counts> merged = new HashMap<>(base);
    merged.putAll(changes);
    return new OddsTable(merged, Map.of(), total);
  }

  private void count(Key key, TrainingExample example, Map<Key, Counts> changes) {
    Counts before = changes.getOrDefault(key, base.getOrDefault(key, Counts.NONE));
    changes.put(key, before.plus(example.wrong()));
  }

  private Counts counts(Key key) {
    Counts changed = recent.get(key);
    return changed != null ? changed : base.getOrDefault(key, Counts.NONE);
  }

  double wordLogOdds(int word) {
    return counts(new Key.Word(word)).relativeLogOdds(all);
  }

  boolean contains(int word) {
    Key key = new Key.Word(word);
    return recent.containsKey(key) || base.containsKey(key);
  }

  double groupLogOdds(long group) {
    return counts(new Key.Group(group)).relativeLogOdds(all);
  }

  int groupRight(long group) {
    return counts(new Key.Group(group)).right();
  }

  int groupWrong(long group) {
    return counts(new Key.Group(group)).wrong();
  }
}
