package io.github.semcache.embedding;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The vector space of the embeddings of one model. Only distances within one space are meaningful.
 * Immutable.
 *
 * @param modelId the {@linkplain Embedder#modelId name} of the embedding model; not blank
 * @param dimension the number of components of every embedding, at least 1
 */
public record EmbeddingSpace(String modelId, int dimension) {

  private static final EmbeddingSpace NONE = new EmbeddingSpace("none", 1);

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the name is blank or the dimension is less than 1
   */
  public EmbeddingSpace {
    requireNonNull(modelId, "modelId");
    if (modelId.isBlank()) {
      throw new IllegalArgumentException("modelId is blank; it must name the embedding model");
    }
    if (dimension < 1) {
      throw new IllegalArgumentException("dimension is " + dimension + "; it must be at least 1");
    }
  }

  /**
   * Returns the space of an embedder.
   *
   * @param embedder the embedder
   * @return the model and the dimension of the embedder
   */
  public static EmbeddingSpace of(Embedder embedder) {
    return new EmbeddingSpace(embedder.modelId(), embedder.dimension());
  }

  /**
   * Returns the space of stores without embeddings, for caches that are {@linkplain
   * io.github.semcache.SemanticCacheBuilder#exactOnly exact only}: the model {@code none} with one
   * dimension.
   *
   * @return the space
   */
  public static EmbeddingSpace none() {
    return NONE;
  }

  /**
   * Converts the vectors that the model returned. For implementations of embedders.
   *
   * @param vectors the components of each vector
   * @param texts the number of texts that were embedded
   * @return the embeddings, in the order of the vectors
   * @throws EmbedderException if the number of vectors is not that of the texts, or if a vector has
   *     another dimension or is not finite
   */
  public List<Embedding> embeddings(List<float[]> vectors, int texts) {
    if (vectors.size() != texts) {
      throw invalidResult(vectors.size() + " vectors for " + texts + " texts");
    }
    return vectors.stream().map(this::embedding).toList();
  }

  /**
   * Checks what an embedder returned. For callers of embedders.
   *
   * @param embeddings the embeddings that the embedder returned
   * @param texts the number of texts that were to be embedded
   * @return the same embeddings
   * @throws EmbedderException if the number of embeddings is not that of the texts, or if one has
   *     another dimension
   */
  public List<Embedding> checkResult(List<Embedding> embeddings, int texts) {
    if (embeddings.size() != texts) {
      throw new EmbedderException(
          "the embedder returned " + embeddings.size() + " embeddings for " + texts + " texts");
    }
    for (Embedding embedding : embeddings) {
      if (embedding.dimension() != dimension) {
        throw new EmbedderException(
            "the embedder returned an embedding of dimension "
                + embedding.dimension()
                + "; its dimension is "
                + dimension);
      }
    }
    return embeddings;
  }

  private Embedding embedding(float[] components) {
    if (components.length != dimension) {
      throw invalidResult(
          "a vector of " + components.length + " components; expected " + dimension);
    }
    try {
      return Embedding.of(components);
    } catch (IllegalArgumentException e) {
      throw invalidResult("an invalid vector: " + e.getMessage());
    }
  }

  private EmbedderException invalidResult(String result) {
    return new EmbedderException("model " + modelId + " returned " + result);
  }

  /**
   * Checks that an embedding has the dimension of this space. For implementations of stores.
   *
   * @param embedding the embedding
   * @throws IllegalArgumentException if the embedding has a different dimension
   */
  public void check(Embedding embedding) {
    if (embedding.dimension() != dimension) {
      throw new IllegalArgumentException(
          "embedding has dimension " + embedding.dimension() + "; it must have " + dimension);
    }
  }

  /**
   * The scale of the cosine distances of an embedding model. The embeddings of unrelated prompts
   * are almost orthogonal in some models and close together in others, so the same threshold on the
   * cosine distance has a different effect on each model. The relative distance makes models
   * comparable, but not equal:
   *
   * <pre>r = (1 − cos) / (1 − μ)</pre>
   *
   * <p>It is 0 for the same direction and about 1 for unrelated prompts. μ is the mean cosine
   * similarity of unrelated prompts. 1 − r is the rescaled similarity (cos − μ) / (1 − μ) that
   * BERTScore introduced ("rescaling with a baseline", Zhang et al., BERTScore: Evaluating Text
   * Generation with BERT, ICLR 2020).
   *
   * <p>For models without a {@linkplain #known built-in scale}, μ is measured on 64 short English
   * prompts that are part of the library. It may differ for prompts that are long or in other
   * languages.
   *
   * @param meanCosine the mean cosine similarity μ of unrelated prompts, in [−1, 1)
   */
  public record Scale(double meanCosine) {
    private static final String PROMPTS = "unrelated-prompts.txt";

    /** Measured with {@link #measure}, or on random pairs of prompts from public data sets. */
    private static final Map<String, Scale> KNOWN =
        Map.of(
            "all-minilm-l6-v2", new Scale(0.075),
            "all-minilm-l6-v2-q", new Scale(0.063),
            "bge-small-en", new Scale(0.518),
            "bge-small-en-v1.5-q", new Scale(0.428),
            "e5-small", new Scale(0.772),
            "e5-small-v2-q", new Scale(0.760));

    /** Provides a scale that may have to be measured first. Implementations are thread-safe. */
    @FunctionalInterface
    public interface Source {

      /**
       * Returns the scale. May block on the embedder until the scale has been measured. Does not
       * throw.
       *
       * @return the scale, or empty if it cannot be measured now
       */
      Optional<Scale> scale();
    }

    /**
     * Checks the component.
     *
     * @throws IllegalArgumentException if the mean is outside [−1, 1)
     */
    public Scale {
      if (!(meanCosine >= -1 && meanCosine < 1)) {
        throw new IllegalArgumentException(
            "meanCosine is " + meanCosine + "; it must be at least -1 and below 1");
      }
    }

    /**
     * Returns the built-in scale of a model.
     *
     * @param modelId the {@linkplain Embedder#modelId name} of the model
     * @return the scale, or empty if there is no built-in scale for the model
     */
    public static Optional<Scale> known(String modelId) {
      return Optional.ofNullable(KNOWN.get(modelId));
    }

    /**
     * Returns the scale of an embedder's model. If it is not known, it is {@linkplain #measure
     * measured}, which blocks on the embedder.
     *
     * @param embedder the embedder
     * @return the scale
     * @throws EmbedderException if the scale has to be measured and the measurement fails
     */
    public static Scale of(Embedder embedder) {
      return known(embedder.modelId()).orElseGet(() -> measure(embedder));
    }

    /**
     * Measures a scale as the mean cosine similarity of all pairs of 64 unrelated prompts. Blocks
     * on the embedder, which is called once with all prompts.
     *
     * @param embedder the embedder
     * @return the scale
     * @throws EmbedderException if the embedder fails, or if all prompts have the same embedding
     */
    public static Scale measure(Embedder embedder) {
      List<Embedding> embeddings = embedder.embed(UnrelatedPrompts.PROMPTS);
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
            "model " + embedder.modelId() + " returns the same embedding for unrelated texts");
      }
      return new Scale(Math.max(-1, mean));
    }

    /**
     * Converts a relative distance to a cosine distance.
     *
     * @param relativeDistance the relative distance, at least 0; 0 for the same direction, about 1
     *     for unrelated prompts
     * @return the cosine distance, at most 2
     */
    public double cosineDistance(double relativeDistance) {
      return Math.min(2, relativeDistance * (1 - meanCosine));
    }

    /**
     * Converts a cosine distance to a relative distance.
     *
     * @param cosineDistance the cosine distance, in [0, 2]
     * @return the relative distance; 0 for the same direction, about 1 for unrelated prompts
     */
    public double relativeDistance(double cosineDistance) {
      return cosineDistance / (1 - meanCosine);
    }

    /** Loads the prompts on first use. */
    private static final class UnrelatedPrompts {
      static final List<String> PROMPTS = read();

      private static List<String> read() {
        try (InputStream in = Scale.class.getResourceAsStream(Scale.PROMPTS)) {
          if (in == null) {
            throw new IllegalStateException(Scale.PROMPTS + " is not on the class path");
          }
          return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().lines().toList();
        } catch (IOException e) {
          throw new UncheckedIOException(Scale.PROMPTS + " cannot be read", e);
        }
      }
    }
  }
}
