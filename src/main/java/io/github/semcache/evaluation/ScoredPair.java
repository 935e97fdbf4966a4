package io.github.semcache.evaluation;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Normalizer;
import java.util.List;

/**
 * How far two prompts are from each other, and whether one answer is right for both.
 *
 * @param distance the cosine distance, 0 to 2; infinite if the pair cannot be a hit at any cut, for
 *     example because there was nothing to compare with
 * @param same whether the answer to one may be served to the other
 */
public record ScoredPair(double distance, boolean same) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the distance is neither 0 to 2 nor infinite
   */
  public ScoredPair {
    if (!(distance >= 0 && distance <= 2) && distance != Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "distance is " + distance + "; a cosine distance lies between 0 and 2");
    }
  }

  /**
   * Measures a labeled pair.
   *
   * @param pair the pair
   * @param embedder who makes the embeddings; for many pairs best one that remembers them
   * @return the pair with its distance
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   */
  public static ScoredPair of(LabeledPair pair, Embedder embedder) {
    Normalizer normalizer = Normalizer.whitespace();
    List<Embedding> embeddings =
        embedder.embed(
            List.of(normalizer.normalize(pair.first()), normalizer.normalize(pair.second())));
    return new ScoredPair(embeddings.get(0).cosineDistance(embeddings.get(1)), pair.same());
  }
}
