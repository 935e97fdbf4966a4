package io.github.semcache.embedding;

import static java.util.Objects.requireNonNull;

/**
 * The vector space that embeddings live in. Distances mean something only within one space.
 *
 * @param modelId the embedding model, as {@link Embedder#modelId} names it; not blank
 * @param dimension the number of components, at least 1
 */
public record EmbeddingSpace(String modelId, int dimension) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the name is blank or the dimension less than 1
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
   * The space of an embedder.
   *
   * @param embedder the embedder
   * @return its model and dimension
   */
  public static EmbeddingSpace of(Embedder embedder) {
    return new EmbeddingSpace(embedder.modelId(), embedder.dimension());
  }

  /**
   * For implementations of stores: checks that an embedding can be of this space.
   *
   * @param embedding the embedding
   * @throws IllegalArgumentException if it has another dimension
   */
  public void check(Embedding embedding) {
    if (embedding.dimension() != dimension) {
      throw new IllegalArgumentException(
          "embedding has dimension "
              + embedding.dimension()
              + "; the store holds embeddings of dimension "
              + dimension);
    }
  }
}
