package io.github.semcache.evaluation;

import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Consults another verifier, and decides by the labels where that one is unsure. In a replay, the
 * cached answer is the label of the cached prompt.
 */
final class LabelVerifier implements PairVerifier {
  private final PairVerifier first;
  private final Supplier<Optional<String>> currentLabel;
  private final AtomicLong calls = new AtomicLong();

  /**
   * Creates a verifier.
   *
   * @param currentLabel returns the label of the query
   */
  LabelVerifier(PairVerifier first, Supplier<Optional<String>> currentLabel) {
    this.first = first;
    this.currentLabel = currentLabel;
  }

  @Override
  public Verification verify(Pair pair) {
    Verification verification = first.verify(pair);
    if (verification.outcome() != Verification.Outcome.UNSURE) {
      return verification;
    }
    calls.incrementAndGet();
    return currentLabel
        .get()
        .map(
            label ->
                label.equals(pair.cachedAnswer())
                    ? Verification.accept()
                    : Verification.reject("labels-differ"))
        .orElse(verification);
  }

  /** Returns the number of pairs about which the first verifier was unsure. */
  OptionalLong calls() {
    return OptionalLong.of(calls.get());
  }
}
