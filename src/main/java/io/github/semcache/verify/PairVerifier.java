package io.github.semcache.verify;

import static java.util.Objects.requireNonNull;

/**
 * Decides whether a cached answer also answers a query. A verifier is consulted only on candidates
 * that the {@linkplain io.github.semcache.policy.HitPolicy hit policy} admits, and a candidate is
 * served only if the verifier accepts it. If a verifier throws, the request is a miss.
 *
 * <p>Implementations are thread-safe. {@link #verify} may block on a network call.
 */
@FunctionalInterface
public interface PairVerifier {

  /**
   * Decides on one candidate.
   *
   * @param pair the query and the candidate
   * @return the decision
   */
  Verification verify(Pair pair);

  /**
   * Returns a verifier that consults another one on the pairs about which this one is unsure.
   *
   * @param next the verifier to consult next
   * @return a verifier with the decisions of both
   */
  default PairVerifier orElse(PairVerifier next) {
    return new VerifierChain(this, next);
  }

  /**
   * Returns the verifier of one lookup, which verifies up to five candidates one after the other. A
   * verifier that limits its work per lookup returns an instance that counts.
   *
   * @return this verifier by default
   */
  default PairVerifier forLookup() {
    return this;
  }

  /**
   * Returns a verifier that accepts every pair, so that the hit policy alone decides.
   *
   * @return the verifier, always the same instance
   */
  static PairVerifier none() {
    return NoVerifier.INSTANCE;
  }

  /**
   * A query and a candidate. Both prompts are in the same scope and {@linkplain
   * io.github.semcache.prompt.Normalizer normalized}.
   *
   * @param query the text of the query
   * @param cachedPrompt the prompt of the candidate
   * @param cachedAnswer the answer of the candidate
   * @param distance the cosine distance of the prompts, in [0, 2]
   */
  record Pair(String query, String cachedPrompt, String cachedAnswer, double distance) {
    public Pair {
      requireNonNull(query, "query");
      requireNonNull(cachedPrompt, "cachedPrompt");
      requireNonNull(cachedAnswer, "cachedAnswer");
    }
  }
}
