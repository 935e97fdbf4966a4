package io.github.semcache.embedding;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an embedding model spreads its distances. To one model unrelated prompts are almost at right
 * angles, to another they are all close together, so that one cut on the cosine distance means two
 * things. The relative distance r = (1 − cos) / (1 − μ) is 0 for the same direction and about 1 for
 * unrelated prompts, whatever the model; μ is the mean cosine similarity of unrelated prompts.
 *
 * <p>For models that are not {@linkplain #known known}, μ is measured on 64 prompts that come with
 * the library. They are English and short: of prompts in another language, or of a page each, a
 * model may think otherwise.
 *
 * @param meanCosine μ, at least −1 and below 1
 */
public record EmbeddingScale(double meanCosine) {
  private static final String PROMPTS = "unrelated-prompts.txt";

  /** Measured with {@link #measure}, or over random pairs of prompts of public data sets. */
  private static final Map<String, EmbeddingScale> KNOWN =
      Map.of(
          "all-minilm-l6-v2", new EmbeddingScale(0.075),
          "all-minilm-l6-v2-q", new EmbeddingScale(0.063),
          "bge-small-en", new EmbeddingScale(0.518),
          "e5-small", new EmbeddingScale(0.772));

  /** Where a scale comes from that may have to be measured first. */
  @FunctionalInterface
  public interface Source {

    /**
     * Finds the scale. May block on the embedder as long as the scale has not been measured.
     *
     * @return the scale, or empty if it cannot be measured now; never throws
     */
    Optional<EmbeddingScale> scale();
  }

  /**
   * Checks the component.
   *
   * @throws IllegalArgumentException if the mean is not at least −1 and below 1
   */
  public EmbeddingScale {
    if (!(meanCosine >= -1 && meanCosine < 1)) {
      throw new IllegalArgumentException(
          "meanCosine is " + meanCosine + "; it must be at least -1 and below 1");
    }
  }

  /**
   * The scale of a model that was measured before.
   *
   * @param modelId the model, as {@link Embedder#modelId} names it
   * @return its scale, or empty for a model that is not known
   */
  public static Optional<EmbeddingScale> known(String modelId) {
    return Optional.ofNullable(KNOWN.get(modelId));
  }

  /**
   * The scale of an embedder's model: the known one, else {@linkplain #measure measured}.
   *
   * @param embedder the embedder
   * @return the scale
   * @throws EmbedderException if it must be measured and the embedder fails
   */
  public static EmbeddingScale of(Embedder embedder) {
    return known(embedder.modelId()).orElseGet(() -> measure(embedder));
  }

  /**
   * Measures a scale: the mean cosine similarity over all pairs of 64 unrelated prompts. Blocks on
   * the embedder, which gets them in one call.
   *
   * @param embedder the embedder
   * @return the scale
   * @throws EmbedderException if the embedder fails, or if to it all prompts are the same
   */
  public static EmbeddingScale measure(Embedder embedder) {
    List<Embedding> embeddings = embedder.embed(Unrelated.PROMPTS);
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < embeddings.size(); i++) {
      for (int j = 0; j < i; j++) {
        sum += 1 - embeddings.get(i).cosineDistance(embeddings.get(j));
        pairs++;
      }
    }
    double mean = sum / pairs;
    if (!(mean < 1)) {
      throw new EmbedderException(
          "model " + embedder.modelId() + " gives unrelated texts the same embedding");
    }
    return new EmbeddingScale(Math.max(-1, mean));
  }

  /**
   * Converts a relative distance.
   *
   * @param relative 0 for the same direction, 1 for unrelated prompts
   * @return the cosine distance, at most 2
   */
  public double cosineDistance(double relative) {
    return Math.min(2, relative * (1 - meanCosine));
  }

  /**
   * Converts a cosine distance.
   *
   * @param cosineDistance 0 to 2
   * @return the relative distance: 0 for the same direction, 1 for unrelated prompts
   */
  public double relativeDistance(double cosineDistance) {
    return cosineDistance / (1 - meanCosine);
  }

  private static final class Unrelated {
    static final List<String> PROMPTS = read();

    private static List<String> read() {
      try (InputStream in = EmbeddingScale.class.getResourceAsStream(EmbeddingScale.PROMPTS)) {
        if (in == null) {
          throw new IllegalStateException(EmbeddingScale.PROMPTS + " is not on the class path");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().lines().toList();
      } catch (IOException e) {
        throw new UncheckedIOException(EmbeddingScale.PROMPTS + " cannot be read", e);
      }
    }
  }
}
