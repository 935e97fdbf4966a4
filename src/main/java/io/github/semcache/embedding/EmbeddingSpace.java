package io.github.semcache.embedding;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The vector space of the embeddings of one model. Only distances within one space are meaningful.
 *
 * @param modelId the {@linkplain Embedder#modelId name} of the embedding model; not blank
 * @param dimension the number of components of every embedding, at least 1
 */
public record EmbeddingSpace(String modelId, int dimension) {

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
}
