package io.github.semcache.internal.decision;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The decision of a policy and a verifier on the candidates of a query.
 *
 * @param decision the decision
 * @param verification the verification of the chosen candidate, or else of the first candidate that
 *     was not accepted; empty if none was verified
 * @param unsure the first candidate about which the verifier was unsure, if none was accepted
 */
public record VerifiedDecision(
    Decision decision, Optional<Verification> verification, Optional<Match> unsure) {
  /** The maximum number of candidates that are verified for one query. */
  public static final int MAX_CANDIDATES = 5;

  /**
   * Creates a decision without a candidate about which the verifier was unsure.
   *
   * @param decision the decision
   * @param verification the verification on which it is based, if any
   */
  public VerifiedDecision(Decision decision, Optional<Verification> verification) {
    this(decision, verification, Optional.empty());
  }

  /**
   * Verifies candidates until one is accepted, the policy admits no other one, or the maximum is
   * reached.
   *
   * @param first the decision of the policy on all matches
   * @param matches the candidates
   * @param policy decides on a part of the candidates
   * @param verify verifies a candidate; empty if the verifier fails, which is a miss
   * @return the decision
   */
  public static VerifiedDecision of(
      Decision first,
      List<Match> matches,
      Function<List<Match>, Decision> policy,
      Function<Match, Optional<Verification>> verify) {
    Decision decision = first;
    List<Match> remaining = matches;
    Optional<Verification> notAccepted = Optional.empty();
    Optional<Match> unsure = Optional.empty();
    for (int i = 0; i < MAX_CANDIDATES; i++) {
      Optional<Match> candidate = chosen(decision);
      if (candidate.isEmpty()) {
        break;
      }
      Optional<Verification> verification = verify.apply(candidate.get());
      if (verification.isEmpty()) {
        return new VerifiedDecision(Decision.miss(MissReason.VERIFIER_ERROR), notAccepted);
      }
      if (verification.get().isAccepted()) {
        return new VerifiedDecision(decision, verification);
      }
      notAccepted = notAccepted.or(() -> verification);
      boolean isUnsure = verification.get().outcome() == Verification.Outcome.UNSURE;
      unsure = unsure.isEmpty() && isUnsure ? candidate : unsure;
      remaining = remaining.stream().filter(match -> !match.equals(candidate.get())).toList();
      decision = policy.apply(remaining);
    }
    return new VerifiedDecision(
        notAccepted.map(VerifiedDecision::toMiss).orElse(first), notAccepted, unsure);
  }

  /**
   * Returns the miss that follows from a verification.
   *
   * @param verification a verification that does not accept
   * @return the miss, with the same reason
   */
  public static Decision toMiss(Verification verification) {
    return Decision.miss(new MissReason(verification.reason()));
  }

  /**
   * Returns the candidate that a policy admits.
   *
   * @param decision the decision of the policy
   * @return the candidate, or empty for a miss
   */
  public static Optional<Match> chosen(Decision decision) {
    if (decision instanceof Decision.Hit hit) {
      return Optional.of(hit.match());
    }
    return decision instanceof Decision.Audit audit ? Optional.of(audit.match()) : Optional.empty();
  }

  /**
   * Returns what a verifier compares.
   *
   * @param query the query
   * @param match a candidate
   * @return the pair
   */
  public static PairVerifier.Pair pair(Query query, Match match) {
    return new PairVerifier.Pair(
        query.text(), match.entry().prompt(), match.entry().answer(), match.distance());
  }
}
