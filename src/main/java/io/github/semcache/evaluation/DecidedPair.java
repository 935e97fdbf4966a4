package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.OptionalDouble;

/**
 * A pair of prompts with the decision of a cache that has the answer to the first prompt and is
 * asked the second.
 *
 * @param pair the pair in the order in which it was decided, so {@code first} is the cached prompt
 * @param isReversed whether the order differs from that of the file
 * @param isAccepted whether the cache answered
 * @param reason the code of the miss reason, or {@code exact} or {@code accepted} for a hit
 * @param distance the cosine distance of the prompts, in [0, 2]; empty if it was not computed
 * @param score the score of the pair, in [0, 1]
 */
public record DecidedPair(
    LabeledPair pair,
    boolean isReversed,
    boolean isAccepted,
    String reason,
    OptionalDouble distance,
    double score) {

  public DecidedPair {
    requireNonNull(pair, "pair");
    requireNonNull(reason, "reason");
    requireNonNull(distance, "distance");
  }

  /**
   * Returns whether the cache answered with the answer to another question.
   *
   * @return true for an accepted pair with different answers
   */
  public boolean isAcceptedWrongly() {
    return isAccepted && !pair.sameAnswer();
  }
}
