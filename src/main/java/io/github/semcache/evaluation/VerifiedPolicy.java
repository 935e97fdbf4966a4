package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.util.List;
import java.util.Optional;

/**
 * A hit policy that decides like a cache with a verifier: the candidates within the threshold are
 * verified, nearest first, until one is accepted. A {@link ThresholdFit} uses it to determine what
 * the verifier would accept at other thresholds. Immutable, and thread-safe if the verifier is.
 */
public final class VerifiedPolicy implements HitPolicy {
  /** A cache verifies up to five candidates per lookup. */
  private static final int MAX_VERIFIED = 5;

  private final HitPolicy policy;
  private final PairVerifier verifier;

  private VerifiedPolicy(HitPolicy policy, PairVerifier verifier) {
    this.policy = requireNonNull(policy, "policy");
    this.verifier = requireNonNull(verifier, "verifier");
  }

  /**
   * Returns a policy with a verifier.
   *
   * @param policy decides which candidates are verified, each as if it were the only one
   * @param verifier decides on these candidates
   * @return the policy
   */
  public static VerifiedPolicy of(HitPolicy policy, PairVerifier verifier) {
    return new VerifiedPolicy(policy, verifier);
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    Optional<MissReason> rejected = Optional.empty();
    List<Match> remaining = matches;
    for (int i = 0; i < MAX_VERIFIED; i++) {
      Decision decision = policy.decide(query, remaining);
      if (!(decision instanceof Decision.Hit hit)) {
        return rejected.map(Decision::miss).orElse(decision);
      }
      Verification verification = verifier.verify(pair(query, hit.match()));
      if (verification.outcome() == Verification.Outcome.ACCEPT) {
        return decision;
      }
      rejected = rejected.or(() -> Optional.of(new MissReason(verification.reason())));
      remaining = remaining.stream().filter(match -> !match.equals(hit.match())).toList();
    }
    return Decision.miss(rejected.orElse(MissReason.TOO_FAR));
  }

  private static PairVerifier.Pair pair(Query query, Match match) {
    return new PairVerifier.Pair(
        query.text(), match.entry().prompt(), match.entry().answer(), match.distance());
  }
}
