package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.internal.decision.VerifiedDecision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import io.github.semcache.verify.PairVerifier;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A hit policy that decides like a cache with a verifier: the candidates within the threshold are
 * verified, nearest first, until one is accepted. A {@link ThresholdFit} uses it to determine what
 * the verifier would accept at other thresholds. Immutable, and thread-safe if the verifier is.
 */
public final class VerifiedPolicy implements HitPolicy {
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
    Function<List<Match>, Decision> decide = remaining -> policy.decide(query, remaining);
    List<VerifiedDecision.Stage> stages =
        verifier.stages().stream().map(stage -> stage(stage, query)).toList();
    return VerifiedDecision.of(decide.apply(matches), matches, decide, stages).decision();
  }

  private static VerifiedDecision.Stage stage(PairVerifier verifier, Query query) {
    return match -> Optional.of(verifier.verify(VerifiedDecision.pair(query, match)));
  }
}
