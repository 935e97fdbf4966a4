package io.github.semcache.evaluation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The result of a {@link PairReplay}.
 *
 * @param decisions the decision on each pair, in order
 */
public record PairResult(List<DecidedPair> decisions) {

  public PairResult {
    decisions = List.copyOf(decisions);
  }

  /**
   * The decisions with the same reason.
   *
   * @param right the number of pairs with the same answer
   * @param wrong the number of pairs with different answers
   */
  public record ReasonCounts(int right, int wrong) {
    private ReasonCounts plus(ReasonCounts other) {
      return new ReasonCounts(right + other.right, wrong + other.wrong);
    }
  }

  /**
   * Returns the accepted fraction of the pairs with the same answer, which is the recall.
   *
   * @return the accepted right pairs
   */
  public Proportion acceptedRight() {
    return accepted(decision -> decision.pair().sameAnswer());
  }

  /**
   * Returns the accepted fraction of the pairs with different answers.
   *
   * @return the accepted wrong pairs
   */
  public Proportion acceptedWrong() {
    return accepted(decision -> !decision.pair().sameAnswer());
  }

  private Proportion accepted(Predicate<DecidedPair> filter) {
    List<DecidedPair> selected = decisions.stream().filter(filter).toList();
    return new Proportion(
        (int) selected.stream().filter(DecidedPair::isAccepted).count(), selected.size());
  }

  /**
   * Returns the fraction of the accepted pairs that have the same answer.
   *
   * @return the precision
   */
  public Proportion precision() {
    int right = acceptedRight().count();
    return new Proportion(right, right + acceptedWrong().count());
  }

  /**
   * Returns the precision over the scores of all pairs, accepted or not.
   *
   * @return the curve
   */
  public PrecisionCurve curve() {
    return PrecisionCurve.of(scores());
  }

  List<PrecisionCurve.Scored> scores() {
    return decisions.stream()
        .map(decision -> new PrecisionCurve.Scored(decision.score(), decision.pair().sameAnswer()))
        .toList();
  }

  /**
   * Returns the number of pairs for each reason.
   *
   * @return the counts by reason, in alphabetical order
   */
  public Map<String, ReasonCounts> byReason() {
    Map<String, ReasonCounts> counts = new TreeMap<>();
    for (DecidedPair decision : decisions) {
      boolean isRight = decision.pair().sameAnswer();
      counts.merge(
          decision.reason(),
          new ReasonCounts(isRight ? 1 : 0, isRight ? 0 : 1),
          ReasonCounts::plus);
    }
    return counts;
  }
}
