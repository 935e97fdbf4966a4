package io.github.semcache.learning;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.util.List;

/** A fallback policy whose hits a verifier must accept. */
record VerifiedFallback(HitPolicy policy, PairVerifier verifier)
    implements HitPolicy.Scaled, NonBlocking {

  VerifiedFallback {
    requireNonNull(policy, "policy");
    requireNonNull(verifier, "verifier");
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    Decision decision = policy.decide(query, matches);
    if (!(decision instanceof Decision.Hit hit)) {
      return decision;
    }
    Verification verification = verifier.verify(ErrorBudget.pair(query, hit.match()));
    return verification.outcome() == Verification.Outcome.ACCEPT
        ? decision
        : Decision.miss(new MissReason(verification.reason()));
  }

  @Override
  public boolean isNonBlocking() {
    return NonBlocking.test(policy) && NonBlocking.test(verifier);
  }

  @Override
  public HitPolicy scaledBy(EmbeddingSpace.Scale.Source scale) {
    return policy instanceof HitPolicy.Scaled scaled
        ? new VerifiedFallback(scaled.scaledBy(scale), verifier)
        : this;
  }
}
