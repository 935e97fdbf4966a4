package io.github.semcache.evaluation;

import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import io.github.semcache.verify.Verification.Cost;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Decides by the labels, for at most one pair of a lookup, as {@link
 * PairVerifier#chat(io.github.semcache.chat.ChatClient)} does. In a replay, the cached answer is
 * the label of the cached prompt.
 */
final class LabelVerifier implements PairVerifier {
  /** The cost of a call, so that the cache stores an accepted prompt as it does after a call. */
  private static final Cost CALL = new Cost(1, 0, 0);

  private final Supplier<Optional<String>> currentLabel;
  private final AtomicLong calls = new AtomicLong();

  /**
   * Creates a verifier.
   *
   * @param currentLabel returns the label of the query
   */
  LabelVerifier(Supplier<Optional<String>> currentLabel) {
    this.currentLabel = currentLabel;
  }

  @Override
  public Verification verify(Pair pair) {
    calls.incrementAndGet();
    return currentLabel
        .get()
        .map(
            label ->
                label.equals(pair.cachedAnswer())
                    ? Verification.accept().plusCost(CALL)
                    : Verification.reject("labels-differ").plusCost(CALL))
        .orElseGet(() -> Verification.unsure("no-label"));
  }

  @Override
  public PairVerifier forLookup() {
    AtomicBoolean isAsked = new AtomicBoolean();
    return pair -> isAsked.getAndSet(true) ? Verification.unsure("labels-limit") : verify(pair);
  }

  @Override
  public boolean asksModel() {
    return true;
  }

  /** Returns the number of pairs on which the labels decided. */
  OptionalLong calls() {
    return OptionalLong.of(calls.get());
  }
}
