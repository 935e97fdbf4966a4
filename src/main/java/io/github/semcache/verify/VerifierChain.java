package io.github.semcache.verify;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import java.util.List;
import java.util.stream.Stream;

/** The result of {@link PairVerifier#orElse}. */
record VerifierChain(PairVerifier first, PairVerifier next) implements PairVerifier, NonBlocking {

  VerifierChain {
    requireNonNull(first, "first");
    requireNonNull(next, "next");
  }

  @Override
  public Verification verify(Pair pair) {
    Verification decision = first.verify(pair);
    return decision.outcome() == Verification.Outcome.UNSURE
        ? next.verify(pair).plusCost(decision.cost())
        : decision;
  }

  @Override
  public List<PairVerifier> stages() {
    return Stream.concat(first.stages().stream(), next.stages().stream()).toList();
  }

  @Override
  public boolean asksModel() {
    return first.asksModel() || next.asksModel();
  }

  @Override
  public boolean isNonBlocking() {
    return NonBlocking.test(first) && NonBlocking.test(next);
  }

  @Override
  public PairVerifier forLookup() {
    return new VerifierChain(first.forLookup(), next.forLookup());
  }
}
