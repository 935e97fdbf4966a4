package io.github.semcache.evaluation;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Normalizer;
import java.util.List;

/**
 * The distance of a prompt pair, and whether both prompts have the same answer.
 *
 * @param distance the cosine distance, in [0, 2], or positive infinity if the pair is not a hit at
 *     any threshold, for example because a guard rejects it
 * @param sameAnswer whether the answer to one prompt is correct for the other
 */
public record ScoredPair(double distance, boolean sameAnswer) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the distance is neither in [0, 2] nor positive infinity
   */
  public ScoredPair {
    if (!(distance >= 0 && distance <= 2) && distance != Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "distance is " + distance + "; it must be between 0 and 2, or positive infinity");
    }
  }

  /**
   * Computes the distance of a labeled pair. Blocks on the embedder.
   *
   * @param pair the pair
   * @param embedder computes the embeddings; for many pairs, use a {@link CachingEmbedder}
   * @return the scored pair
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   */
  public static ScoredPair of(LabeledPair pair, Embedder embedder) {
    Normalizer normalizer = Normalizer.nfc();
    List<Embedding> embeddings =
        embedder.embed(
            List.of(normalizer.normalize(pair.first()), normalizer.normalize(pair.second())));
    return new ScoredPair(embeddings.get(0).cosineDistance(embeddings.get(1)), pair.sameAnswer());
  }
}
