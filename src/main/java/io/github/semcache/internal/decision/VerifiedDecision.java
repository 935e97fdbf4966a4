package io.github.semcache.internal.decision;

import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import io.github.semcache.verify.Verification.Cost;
import io.github.semcache.verify.Verification.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The decision of a policy and a verifier on the candidates of a query.
 *
 * @param decision the decision
 * @param verification the verification of the chosen candidate, or else that of the first candidate
 *     that the last consulted stage did not accept; empty if none was verified
 * @param unsure the candidate with the highest score about which the verifier was unsure, if none
 *     was accepted
 */
public record VerifiedDecision(
    Decision decision, Optional<Verification> verification, Optional<Match> unsure) {
  /** The maximum number of candidates that a verifier with one stage decides on for one query. */
  public static final int MAX_CANDIDATES = 5;

  /**
   * The maximum number of candidates that the first stage of a verifier decides on for one query if
   * another stage follows.
   */
  public static final int MAX_STAGED_CANDIDATES = 20;

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
   * reached. The first stage decides on the nearest candidate first. Each later stage decides on
   * the candidates about which the stage before was unsure, in descending order of their scores.
   *
   * @param first the decision of the policy on all matches
   * @param matches the candidates
   * @param policy decides on a part of the candidates
   * @param stages the stages of the verifier, at least one
   * @return the decision
   */
  public static VerifiedDecision of(
      Decision first,
      List<Match> matches,
      Function<List<Match>, Decision> policy,
      List<Stage> stages) {
    Verifications verifications = new Verifications(stages);
    Decision decision = first;
    List<Match> remaining = matches;
    int max = maxCandidates(stages.size());
    for (int i = 0; i < max; i++) {
      Optional<Match> candidate = chosen(decision);
      if (candidate.isEmpty()) {
        break;
      }
      verifications.verify(0, new Candidate(decision, candidate.get(), Optional.empty()));
      if (!verifications.isOpen()) {
        break;
      }
      remaining = remaining.stream().filter(match -> !match.equals(candidate.get())).toList();
      decision = policy.apply(remaining);
    }
    for (int stage = 1; stage < stages.size(); stage++) {
      verifications.startStage();
      for (Candidate candidate : verifications.previous) {
        verifications.verify(stage, candidate);
      }
    }
    return verifications.decision(first);
  }

  /**
   * Returns the maximum number of candidates that a verifier decides on for one query.
   *
   * @param stages the number of stages of the verifier, at least 1
   * @return the maximum
   */
  public static int maxCandidates(int stages) {
    return stages == 1 ? MAX_CANDIDATES : MAX_STAGED_CANDIDATES;
  }

  /** A verifier that is consulted on some of the candidates. */
  @FunctionalInterface
  public interface Stage {
    /**
     * Verifies a candidate.
     *
     * @param match the candidate
     * @return the verification; empty if the verifier fails, which is a miss
     */
    Optional<Verification> verify(Match match);
  }

  /** A candidate with the verification of the last stage, if there was one. */
  private record Candidate(Decision decision, Match match, Optional<Verification> verification) {
    double score() {
      return verification.map(Verification::score).orElse(OptionalDouble.empty()).orElse(0);
    }

    /** Replaces the verification and adds the cost of the one before. */
    Candidate verified(Verification next) {
      Cost before = verification.map(Verification::cost).orElse(Cost.NONE);
      return new Candidate(decision, match, Optional.of(next.plusCost(before)));
    }
  }

  /** The verifications of one query. Not thread-safe. */
  private static final class Verifications {
    private final List<Stage> stages;
    private List<Candidate> previous = List.of();
    private List<Candidate> unsure = new ArrayList<>();
    private Optional<Verification> notAccepted = Optional.empty();
    private Optional<Candidate> accepted = Optional.empty();
    private boolean isFirstOfStage = true;
    private boolean isFailed;

    Verifications(List<Stage> stages) {
      this.stages = stages;
    }

    boolean isOpen() {
      return accepted.isEmpty() && !isFailed;
    }

    void startStage() {
      previous = inDescendingOrder(unsure);
      unsure = new ArrayList<>();
      isFirstOfStage = true;
    }

    void verify(int stage, Candidate candidate) {
      if (!isOpen()) {
        return;
      }
      Optional<Verification> verification = stages.get(stage).verify(candidate.match);
      if (verification.isEmpty()) {
        isFailed = true;
        return;
      }
      Candidate verified = candidate.verified(verification.get());
      Verification decided = verified.verification.orElseThrow();
      if (decided.isAccepted()) {
        accepted = Optional.of(verified);
        return;
      }
      notAccepted = isFirstOfStage ? Optional.of(decided) : notAccepted;
      isFirstOfStage = false;
      if (decided.outcome() == Outcome.UNSURE) {
        unsure.add(verified);
      }
    }

    VerifiedDecision decision(Decision first) {
      if (isFailed) {
        return new VerifiedDecision(Decision.miss(MissReason.VERIFIER_ERROR), notAccepted);
      }
      return accepted
          .map(candidate -> new VerifiedDecision(candidate.decision, candidate.verification))
          .orElseGet(
              () ->
                  new VerifiedDecision(
                      notAccepted.map(VerifiedDecision::toMiss).orElse(first),
                      notAccepted,
                      inDescendingOrder(unsure).stream().findFirst().map(Candidate::match)));
    }

    /** Sorts by score; candidates with the same score remain in their order. */
    private static List<Candidate> inDescendingOrder(List<Candidate> candidates) {
      return candidates.stream()
          .sorted(Comparator.comparingDouble(candidate -> -candidate.score()))
          .toList();
    }
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
   * Checks that a policy admits one of the candidates. Another one may belong to another scope.
   *
   * @param decision the decision of the policy
   * @param matches the candidates
   * @return the decision
   * @throws IllegalStateException if it admits an entry that is not among them
   */
  public static Decision checked(Decision decision, List<Match> matches) {
    Optional<Match> chosen = chosen(decision);
    if (chosen.isPresent()
        && matches.stream().noneMatch(match -> match.entry().equals(chosen.get().entry()))) {
      throw new IllegalStateException("the policy admits an entry that is not a candidate");
    }
    return decision;
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
