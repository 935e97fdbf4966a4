package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.Match;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the candidates that the policy admits, with timing and failure handling. If a candidate
 * is not accepted, the policy decides on the remaining ones.
 */
final class CandidateVerifier {
  /** The maximum number of candidates that are verified for one query. */
  private static final int MAX_CANDIDATES = 5;

  private final PairVerifier verifier;
  private final EventPublisher events;
  private final FailOpen failOpen;

  CandidateVerifier(PairVerifier verifier, EventPublisher events, FailOpen failOpen) {
    this.verifier = verifier;
    this.events = events;
    this.failOpen = failOpen;
  }

  /**
   * The decision of the policy and the verifier.
   *
   * @param decision the decision
   * @param verification the verification of the chosen candidate, or else of the first candidate
   *     that was not accepted; empty if none was verified
   */
  record Verified(Decision decision, Optional<Verification> verification) {}

  /**
   * Decides on the candidates of a query. If the verifier fails, the decision is a miss.
   *
   * @param policy decides on a list of candidates; must not throw
   */
  Verified decide(Query query, List<Match> matches, Function<List<Match>, Decision> policy) {
    Decision decision = policy.apply(matches);
    if (verifier == PairVerifier.none() || decision instanceof Decision.Miss) {
      return new Verified(decision, Optional.empty());
    }
    OneLookup lookup = new OneLookup(query);
    return decide(
        decision,
        matches,
        policy,
        match -> failOpen.attempt(Operation.VERIFY, () -> lookup.verify(match)));
  }

  /** The verifications of one lookup. */
  private final class OneLookup {
    private final Query query;
    private @Nullable PairVerifier started;

    OneLookup(Query query) {
      this.query = query;
    }

    Verification verify(Match match) {
      PairVerifier.Pair pair =
          new PairVerifier.Pair(
              query.text(), match.entry().prompt(), match.entry().answer(), match.distance());
      return events.timed(
          () -> requireNonNull(verifier().verify(pair), "the verifier returned null"),
          (verification, took) -> new CacheEvent.Verified(verification, match.distance(), took));
    }

    private PairVerifier verifier() {
      PairVerifier current = started;
      if (current == null) {
        current = requireNonNull(verifier.forLookup(), "the verifier returned null");
        started = current;
      }
      return current;
    }
  }

  /**
   * Verifies candidates until one is accepted, the policy admits no other one, or the maximum is
   * reached.
   *
   * @param first the decision of the policy on all matches
   * @param verify verifies a candidate; empty if the verifier fails
   */
  private static Verified decide(
      Decision first,
      List<Match> matches,
      Function<List<Match>, Decision> policy,
      Function<Match, Optional<Verification>> verify) {
    Decision decision = first;
    List<Match> remaining = matches;
    Optional<Verification> notAccepted = Optional.empty();
    for (int i = 0; i < MAX_CANDIDATES; i++) {
      Optional<Match> candidate = chosen(decision);
      if (candidate.isEmpty()) {
        break;
      }
      Optional<Verification> verification = verify.apply(candidate.get());
      if (verification.isEmpty()) {
        return new Verified(Decision.miss(MissReason.VERIFIER_ERROR), notAccepted);
      }
      if (verification.get().isAccepted()) {
        return new Verified(decision, verification);
      }
      notAccepted = notAccepted.or(() -> verification);
      remaining = remaining.stream().filter(match -> !match.equals(candidate.get())).toList();
      decision = policy.apply(remaining);
    }
    return new Verified(notAccepted.map(CandidateVerifier::toMiss).orElse(first), notAccepted);
  }

  private static Decision toMiss(Verification verification) {
    return Decision.miss(new MissReason(verification.reason()));
  }

  private static Optional<Match> chosen(Decision decision) {
    if (decision instanceof Decision.Hit hit) {
      return Optional.of(hit.match());
    }
    return decision instanceof Decision.Audit audit ? Optional.of(audit.match()) : Optional.empty();
  }

  /**
   * Explains the decision on the candidates of a query. Verifies at most five candidates. Failures
   * are thrown.
   */
  Explained explain(Query query, List<Match> matches, HitPolicy policy) {
    Function<List<Match>, Decision> decide = candidates -> policy.decide(query, candidates);
    if (verifier == PairVerifier.none()) {
      return new Explained(
          matches.stream().map(match -> explain(match, decide, one -> Optional.empty())).toList(),
          decide.apply(matches));
    }
    Function<Match, Optional<Verification>> verify = newBoundedVerification(query);
    Verified verified = decide(decide.apply(matches), matches, decide, verify);
    return new Explained(
        matches.stream().map(match -> explain(match, decide, verify)).toList(),
        verified.decision());
  }

  /** Returns a function that verifies each match once, and none beyond the maximum. */
  private Function<Match, Optional<Verification>> newBoundedVerification(Query query) {
    OneLookup lookup = new OneLookup(query);
    Map<Match, Verification> verified = new HashMap<>();
    return match ->
        verified.containsKey(match) || verified.size() < MAX_CANDIDATES
            ? Optional.of(verified.computeIfAbsent(match, lookup::verify))
            : Optional.empty();
  }

  private static Explanation.Candidate explain(
      Match match,
      Function<List<Match>, Decision> policy,
      Function<Match, Optional<Verification>> verify) {
    Decision decision = policy.apply(List.of(match));
    Optional<Verification> verification = chosen(decision).flatMap(verify);
    Decision verified =
        verification
            .filter(result -> !result.isAccepted())
            .map(CandidateVerifier::toMiss)
            .orElse(decision);
    return new Explanation.Candidate(match, verified, verification);
  }

  /** The decisions on the candidates one by one, and on all of them together. */
  record Explained(List<Explanation.Candidate> candidates, Decision decision) {}
}
