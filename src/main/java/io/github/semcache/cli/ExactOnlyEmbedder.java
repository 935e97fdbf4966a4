package io.github.semcache.cli;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.util.List;

/**
 * An embedder for a store whose embedding model is not available. It reads no text, so a cache
 * looks up prompts by their key only.
 *
 * @param space the vector space of the store
 */
record ExactOnlyEmbedder(EmbeddingSpace space) implements Embedder {
  @Override
  public List<Embedding> embed(List<String> texts) {
    throw new EmbedderException(
        "the embedding model " + space.modelId() + " is not available; see --embedder", null);
  }

  @Override
  public double coverage(String text) {
    return 0;
  }

  @Override
  public String modelId() {
    return space.modelId();
  }

  @Override
  public int dimension() {
    return space.dimension();
  }
}
