package io.github.semcache.verify;

import static java.util.Objects.requireNonNull;

import java.util.OptionalDouble;

/**
 * The decision of a {@link PairVerifier}. Immutable.
 *
 * @param outcome whether the cached answer answers the query
 * @param reason a short code in lower case with hyphens, for example {@code unmatched-word}; it is
 *     the {@linkplain io.github.semcache.policy.MissReason reason} of the miss unless the pair is
 *     accepted
 * @param score the estimated probability that the cached answer answers the query, in [0, 1]; empty
 *     if the verifier does not estimate it
 */
public record Verification(Outcome outcome, String reason, OptionalDouble score) {

  /** Whether a cached answer answers a query. */
  public enum Outcome {
    /** The cached answer answers the query. */
    ACCEPT,
    /** The cached answer does not answer the query. */
    REJECT,
    /** The verifier cannot decide. */
    UNSURE
  }

  /**
   * Checks the arguments.
   *
   * @throws IllegalArgumentException if the reason is blank or the score is outside [0, 1]
   */
  public Verification {
    requireNonNull(outcome, "outcome");
    requireNonNull(reason, "reason");
    if (reason.isBlank()) {
      throw new IllegalArgumentException("reason is blank; it must name the reason");
    }
    if (score.isPresent() && !(score.getAsDouble() >= 0 && score.getAsDouble() <= 1)) {
      throw new IllegalArgumentException(
          "score is " + score.getAsDouble() + "; it must be between 0 and 1");
    }
  }

  /**
   * Returns the acceptance of a pair.
   *
   * @return a decision with the reason {@code accepted}
   */
  public static Verification accept() {
    return new Verification(Outcome.ACCEPT, "accepted", OptionalDouble.empty());
  }

  /**
   * Returns the rejection of a pair.
   *
   * @param reason a short code in lower case with hyphens
   * @return the decision
   * @throws IllegalArgumentException if the reason is blank
   */
  public static Verification reject(String reason) {
    return new Verification(Outcome.REJECT, reason, OptionalDouble.empty());
  }

  /**
   * Returns the decision that a pair cannot be judged.
   *
   * @param reason a short code in lower case with hyphens
   * @return the decision
   * @throws IllegalArgumentException if the reason is blank
   */
  public static Verification unsure(String reason) {
    return new Verification(Outcome.UNSURE, reason, OptionalDouble.empty());
  }

  /**
   * Adds a score.
   *
   * @param probability the estimated probability that the cached answer answers the query, in [0,
   *     1]
   * @return a decision with the same outcome and reason
   * @throws IllegalArgumentException if the probability is out of range
   */
  public Verification withScore(double probability) {
    return new Verification(outcome, reason, OptionalDouble.of(probability));
  }
}
