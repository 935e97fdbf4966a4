package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.policy.HitPolicy;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import org.junit.jupiter.api.Test;

/** Tests on which thread a cache makes the decisions of an {@link ErrorBudget}. */
class ErrorBudgetBlockingTest {
  private static final PairVerifier BLOCKING = pair -> Verification.accept();

  private final ErrorBudget policy = ErrorBudget.of(0.01);

  @Test
  void policyWithLocalVerifierDoesNotBlock() {
    HitPolicy fallback = HitPolicy.maxDistance(0.1).unguarded();

    assertThat(policy.isNonBlocking()).isTrue();
    assertThat(policy.verifier(PairVerifier.local()).isNonBlocking()).isTrue();
    assertThat(policy.verifiedFallback(fallback, PairVerifier.local()).isNonBlocking()).isTrue();
  }

  @Test
  void policyMayBlockIfItsVerifierOrFallbackMayBlock() {
    HitPolicy blocking = (query, matches) -> policy.decide(query, matches);

    assertThat(policy.verifier(BLOCKING).isNonBlocking()).isFalse();
    assertThat(policy.verifiedFallback(HitPolicy.never(), BLOCKING).isNonBlocking()).isFalse();
    assertThat(policy.verifiedFallback(blocking, PairVerifier.local()).isNonBlocking()).isFalse();
    assertThat(policy.fallback(blocking).isNonBlocking()).isFalse();
  }
}
