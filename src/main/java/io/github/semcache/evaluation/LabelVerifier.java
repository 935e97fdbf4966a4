package io.github.semcache.evaluation;

import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import io.github.semcache.verify.Verification.Cost;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Decides by the labels, for a limited number of pairs of a lookup, as {@link
 * PairVerifier#chat(io.github.semcache.chat.ChatClient, int)} does. In a replay, the cached answer
 * is the label of the cached prompt.
 */
final class LabelVerifier implements PairVerifier {
  /** The cost of a call, so that the cache stores an accepted prompt as it does after a call. */
  private static final Cost CALL = new Cost(1, 0, 0);

  private final Supplier<Optional<String>> currentLabel;
  private final int maxCallsPerLookup;
  private final AtomicLong calls = new AtomicLong();

  /**
   * Creates a verifier.
   *
   * @param currentLabel returns the label of the query
   * @param maxCallsPerLookup the maximum number of pairs of a lookup, at least 1
   */
  LabelVerifier(Supplier<Optional<String>> currentLabel, int maxCallsPerLookup) {
    this.currentLabel = currentLabel;
    this.maxCallsPerLookup = maxCallsPerLookup;
  }

  @Override
  public Verification verify(Pair pair) {
    Optional<String> label = currentLabel.get();
    if (label.isEmpty()) {
      return Verification.unsure("no-label");
    }
    calls.incrementAndGet();
    return label.get().equals(pair.cachedAnswer())
        ? Verification.accept().plusCost(CALL)
        : Verification.reject("labels-differ").plusCost(CALL);
  }

  @Override
  public PairVerifier forLookup() {
    AtomicInteger callsOfLookup = new AtomicInteger();
    return pair ->
        callsOfLookup.incrementAndGet() <= maxCallsPerLookup
            ? verify(pair)
            : Verification.unsure("labels-limit");
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
