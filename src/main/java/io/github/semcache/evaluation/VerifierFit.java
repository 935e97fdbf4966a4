package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.verify.LocalVerifier;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A {@link LocalVerifier} whose model was fitted to labeled pairs, and what a model fitted to four
 * fifths of the pairs does on the rest.
 *
 * @param verifier the verifier whose model was fitted to all pairs
 * @param before the decisions of the verifier before fitting
 * @param crossValidated the decisions on each fifth of the pairs of a model fitted to the others
 */
public record VerifierFit(LocalVerifier verifier, Counts before, Counts crossValidated) {
  private static final int FOLDS = 5;
  private static final VerifierTrainer.Weights WEIGHTS = new VerifierTrainer.Weights(1, 2);

  /**
   * The decisions on labeled pairs.
   *
   * @param same the number of pairs with the same answer
   * @param different the number of pairs with different answers
   * @param acceptedRight the number of accepted pairs with the same answer
   * @param acceptedWrong the number of accepted pairs with different answers
   */
  public record Counts(int same, int different, int acceptedRight, int acceptedWrong) {
    private static final Counts NONE = new Counts(0, 0, 0, 0);

    private Counts plus(Counts other) {
      return new Counts(
          same + other.same,
          different + other.different,
          acceptedRight + other.acceptedRight,
          acceptedWrong + other.acceptedWrong);
    }
  }

  /**
   * Adapts a model to labeled pairs. Blocks on the embedder.
   *
   * @param base the verifier whose model is the start
   * @param pairs the pairs, with both labels
   * @param embedder computes the distances of the pairs
   * @param seed the seed of all random choices
   * @return the fit
   * @throws IllegalStateException if there are too few pairs: four fifths of them must contain
   *     pairs of both labels that no rule of the verifier rejects
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   */
  public static VerifierFit of(
      LocalVerifier base, List<LabeledPair> pairs, Embedder embedder, long seed) {
    List<LabeledPair> shuffled = new ArrayList<>(requireNonNull(pairs, "pairs"));
    Collections.shuffle(shuffled, new Random(seed));
    Counts crossValidated = Counts.NONE;
    for (int fold = 0; fold < FOLDS; fold++) {
      List<LabeledPair> rest = new ArrayList<>();
      List<LabeledPair> heldOut = new ArrayList<>();
      for (int i = 0; i < shuffled.size(); i++) {
        (i % FOLDS == fold ? heldOut : rest).add(shuffled.get(i));
      }
      crossValidated =
          crossValidated.plus(counts(adapt(base, rest, embedder, seed), heldOut, embedder));
    }
    return new VerifierFit(
        adapt(base, shuffled, embedder, seed), counts(base, shuffled, embedder), crossValidated);
  }

  private static LocalVerifier adapt(
      LocalVerifier base, List<LabeledPair> pairs, Embedder embedder, long seed) {
    return new VerifierTrainer(embedder, seed).addPairs("pairs", pairs, WEIGHTS).adapt(base);
  }

  private static Counts counts(LocalVerifier verifier, List<LabeledPair> pairs, Embedder embedder) {
    Counts counts = Counts.NONE;
    for (LabeledPair pair : pairs) {
      double distance = ScoredPair.of(pair, embedder).distance();
      boolean accepted =
          verifier
                  .verify(new PairVerifier.Pair(pair.second(), pair.first(), "", distance))
                  .outcome()
              == Outcome.ACCEPT;
      boolean same = pair.sameAnswer();
      counts =
          counts.plus(
              new Counts(
                  same ? 1 : 0, same ? 0 : 1, accepted && same ? 1 : 0, accepted && !same ? 1 : 0));
    }
    return counts;
  }
}
