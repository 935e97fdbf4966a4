package io.github.semcache.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.util.OptionalDouble;

/**
 * A verifier that uses a scoring model of LangChain4j (a cross-encoder): it scores the prompt of
 * the candidate for the query. Use a model that was trained to recognize duplicate questions. A
 * model that was trained to rank search results is not suitable, because it gives high scores to
 * related texts that need other answers.
 *
 * <pre>{@code
 * PairVerifier verifier = LangChain4jVerifier.of(model, 0.9, 0.5).orElse(PairVerifier.chat(small));
 * }</pre>
 *
 * <p>The optional dependency {@code dev.langchain4j:langchain4j-onnx-scoring} runs a local ONNX
 * file: {@code new OnnxScoringModel("model.onnx", "tokenizer.json")} is a scoring model. A model
 * truncates long pairs of texts, so a pair of more than {@value #MAX_CHARACTERS} characters is
 * unsure.
 *
 * <p>Immutable, and thread-safe if the model is thread-safe. {@link #verify} blocks until the model
 * returns and throws the exceptions of the model. The model is not closed by this class.
 */
public final class LangChain4jVerifier implements PairVerifier {
  /** About 500 tokens of English, the window of BERT models. */
  static final int MAX_CHARACTERS = 1_000;

  private final ScoringModel model;
  private final double acceptFrom;
  private final double unsureFrom;

  private LangChain4jVerifier(ScoringModel model, double acceptFrom, double unsureFrom) {
    this.model = requireNonNull(model, "model");
    this.acceptFrom = acceptFrom;
    this.unsureFrom = unsureFrom;
    if (!(unsureFrom <= acceptFrom) || Double.isInfinite(acceptFrom)) {
      throw new IllegalArgumentException(
          "unsureFrom is "
              + unsureFrom
              + " and acceptFrom is "
              + acceptFrom
              + "; acceptFrom must be finite and at least unsureFrom");
    }
  }

  /**
   * Returns a verifier that accepts a pair from a score on and rejects other pairs.
   *
   * @param model the model; must be thread-safe
   * @param acceptFrom the minimum score of an accepted pair, finite, on the scale of the model
   * @return the verifier
   * @throws IllegalArgumentException if the score is not finite
   */
  public static LangChain4jVerifier of(ScoringModel model, double acceptFrom) {
    return of(model, acceptFrom, acceptFrom);
  }

  /**
   * Returns a verifier that accepts a pair from a score on and is unsure about a band of scores
   * below it.
   *
   * @param model the model; must be thread-safe
   * @param acceptFrom the minimum score of an accepted pair, finite, on the scale of the model
   * @param unsureFrom the minimum score of a pair that is not rejected, at most {@code acceptFrom}
   * @return the verifier
   * @throws IllegalArgumentException if the scores are out of range
   */
  public static LangChain4jVerifier of(ScoringModel model, double acceptFrom, double unsureFrom) {
    return new LangChain4jVerifier(model, acceptFrom, unsureFrom);
  }

  /**
   * {@inheritDoc}
   *
   * @return the decision, with the score of the model if it is in [0, 1]
   * @throws IllegalStateException if the model returns no score, or one that is not a number
   */
  @Override
  public Verification verify(Pair pair) {
    if (pair.query().length() + pair.cachedPrompt().length() > MAX_CHARACTERS) {
      return Verification.unsure("score-too-long");
    }
    double score = score(model.score(pair.cachedPrompt(), pair.query()));
    return new Verification(
        outcome(score),
        score >= acceptFrom ? "accepted" : "low-score",
        score >= 0 && score <= 1 ? OptionalDouble.of(score) : OptionalDouble.empty());
  }

  private Verification.Outcome outcome(double score) {
    if (score >= acceptFrom) {
      return Verification.Outcome.ACCEPT;
    }
    return score >= unsureFrom ? Verification.Outcome.UNSURE : Verification.Outcome.REJECT;
  }

  private static double score(Response<Double> response) {
    Double score = response.content();
    if (score == null || score.isNaN()) {
      throw new IllegalStateException("the scoring model returned " + score + " as the score");
    }
    return score;
  }
}
