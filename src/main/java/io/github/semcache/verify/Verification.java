package io.github.semcache.verify;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.TokenUsage;
import java.util.Optional;
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
 * @param cost the model calls that were made for the decision
 */
public record Verification(Outcome outcome, String reason, OptionalDouble score, Cost cost) {

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
    requireNonNull(cost, "cost");
    if (reason.isBlank()) {
      throw new IllegalArgumentException("reason is blank; it must name the reason");
    }
    if (score.isPresent() && !(score.getAsDouble() >= 0 && score.getAsDouble() <= 1)) {
      throw new IllegalArgumentException(
          "score is " + score.getAsDouble() + "; it must be between 0 and 1");
    }
  }

  /**
   * The calls of a chat model that were made for a decision. Immutable.
   *
   * @param modelCalls the number of calls
   * @param inputTokens the number of input tokens, as reported by the model
   * @param outputTokens the number of output tokens, as reported by the model
   */
  public record Cost(long modelCalls, long inputTokens, long outputTokens) {
    /** The cost of a decision that is made without a model call. */
    public static final Cost NONE = new Cost(0, 0, 0);

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if a number is negative
     */
    public Cost {
      if (modelCalls < 0 || inputTokens < 0 || outputTokens < 0) {
        throw new IllegalArgumentException(
            "modelCalls, inputTokens, outputTokens are "
                + modelCalls
                + ", "
                + inputTokens
                + ", "
                + outputTokens
                + "; they must not be negative");
      }
    }

    /**
     * Returns the cost of one model call.
     *
     * @param usage the tokens of the call; empty if unknown
     * @return the cost
     */
    public static Cost ofCall(Optional<TokenUsage> usage) {
      return new Cost(
          1,
          usage.map(TokenUsage::inputTokens).orElse(0L),
          usage.map(TokenUsage::outputTokens).orElse(0L));
    }

    /**
     * Adds another cost.
     *
     * @param other the other cost
     * @return the sum
     */
    public Cost plus(Cost other) {
      return new Cost(
          modelCalls + other.modelCalls,
          inputTokens + other.inputTokens,
          outputTokens + other.outputTokens);
    }
  }

  /**
   * Creates a decision that is made without a model call.
   *
   * @param outcome whether the cached answer answers the query
   * @param reason a short code in lower case with hyphens
   * @param score the estimated probability that the cached answer answers the query, in [0, 1], or
   *     empty
   * @throws IllegalArgumentException if the reason is blank or the score is outside [0, 1]
   */
  public Verification(Outcome outcome, String reason, OptionalDouble score) {
    this(outcome, reason, score, Cost.NONE);
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
    return new Verification(outcome, reason, OptionalDouble.of(probability), cost);
  }

  /**
   * Adds the cost of model calls.
   *
   * @param added the cost
   * @return the same decision with the sum of both costs
   */
  public Verification plusCost(Cost added) {
    return new Verification(outcome, reason, score, cost.plus(added));
  }

  /**
   * Returns whether the candidate may be served.
   *
   * @return true if the outcome is {@link Outcome#ACCEPT}
   */
  public boolean isAccepted() {
    return outcome == Outcome.ACCEPT;
  }
}
