package io.github.semcache.verify;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import java.util.List;

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
   * Returns the verifiers of which this one consists. A cache first consults the first of them on
   * the candidates of a lookup, nearest first. If it accepts none, the cache consults the next one
   * on those about which it is unsure, in descending order of their scores.
   *
   * @return this verifier alone by default, and the parts of {@link #orElse}
   */
  default List<PairVerifier> stages() {
    return List.of(this);
  }

  /**
   * Returns whether this verifier asks a model that understands the prompts, so that it may decide
   * on pairs that are far apart. If it does, a cache without a {@linkplain
   * io.github.semcache.SemanticCacheBuilder#maxDistance distance} of its own also verifies
   * candidates beyond the threshold of the embedder.
   *
   * @return false by default
   */
  default boolean asksModel() {
    return false;
  }

  /**
   * Returns the verifier of one lookup, which verifies several candidates one after the other. A
   * verifier that limits its work per lookup returns an instance that counts.
   *
   * @return this verifier by default
   */
  default PairVerifier forLookup() {
    return this;
  }

  /**
   * Returns the default verifier of a cache, which compares the words of the prompts and needs no
   * model call.
   *
   * @return the verifier
   */
  static LocalVerifier local() {
    return LocalVerifier.create();
  }

  /**
   * Returns a verifier that asks a chat model, with at most one call per lookup; see {@link
   * #chat(ChatClient, int)}.
   *
   * @param model the model; a small model is sufficient
   * @return the verifier
   * @throws IllegalArgumentException if the model has another temperature than 0
   */
  static PairVerifier chat(ChatClient model) {
    return chat(model, 1);
  }

  /**
   * Returns a verifier that asks a chat model. The model must reply with one word. The verifier is
   * unsure if the reply is another one, or if a prompt has more than 8,000 characters. The model
   * receives the first 4,000 characters of an answer. The texts are placed between random marks,
   * which they cannot contain. Use it for the pairs about which a local verifier is unsure, because
   * each call takes as long as the model. The deadline of the cache includes the call:
   *
   * <pre>{@code
   * builder
   *     .verifier(PairVerifier.local().orElse(PairVerifier.chat(smallModel)))
   *     .deadline(Duration.ofSeconds(3))
   * }</pre>
   *
   * <p>The cache stores an answer that the model accepts under the new prompt too, so the model is
   * asked once per wording.
   *
   * @param model the model; its temperature should be 0
   * @param maxCallsPerLookup the maximum number of calls for one prompt, at least 1; further
   *     candidates are unsure
   * @return the verifier
   * @throws IllegalArgumentException if the {@linkplain ChatClient#settings settings} of the model
   *     contain another temperature than 0, or if the number of calls is less than 1
   */
  static PairVerifier chat(ChatClient model, int maxCallsPerLookup) {
    return new ChatVerifier(model, maxCallsPerLookup);
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

    /** Returns the distance and the lengths of the texts, but no text. */
    @Override
    public String toString() {
      return "Pair[distance="
          + distance
          + ", prompts of "
          + query.length()
          + " and "
          + cachedPrompt.length()
          + " characters]";
    }
  }
}
