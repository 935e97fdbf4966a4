package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Caches the decisions of a verifier in memory, for evaluations that replay the same prompts
 * several times. The verifier must always decide in the same way on equal pairs. A decision takes
 * about 200 bytes. CachingVerifier is thread-safe if the verifier is.
 */
public final class CachingVerifier implements PairVerifier, Deadline.NonBlocking {
  private final PairVerifier verifier;
  private final Map<Pair, Verification> decisions = new ConcurrentHashMap<>();

  private CachingVerifier(PairVerifier verifier) {
    this.verifier = requireNonNull(verifier, "verifier");
  }

  /**
   * Returns a verifier with an empty cache.
   *
   * @param verifier the verifier
   * @return the verifier with a cache
   */
  public static CachingVerifier of(PairVerifier verifier) {
    return new CachingVerifier(verifier);
  }

  @Override
  public Verification verify(Pair pair) {
    Verification known = decisions.get(pair);
    if (known != null) {
      return known;
    }
    Verification decision = verifier.verify(pair);
    decisions.put(pair, decision);
    return decision;
  }

  /** Returns whether the verifier does not block. */
  @Override
  public boolean isNonBlocking() {
    return Deadline.NonBlocking.test(verifier);
  }
}
