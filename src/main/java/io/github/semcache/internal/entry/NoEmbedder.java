package io.github.semcache.internal.entry;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.util.List;

/**
 * The embedder of a cache that looks up prompts by their key only. It reads no text, so it is never
 * asked to embed one.
 *
 * @param space the space of the store
 */
public record NoEmbedder(EmbeddingSpace space) implements Embedder {
  @Override
  public List<Embedding> embed(List<String> texts) {
    throw new EmbedderException("the cache is exact only; it computes no embeddings");
  }

  @Override
  public String modelId() {
    return space.modelId();
  }

  @Override
  public int dimension() {
    return space.dimension();
  }

  /** Returns 0, so that prompts are not compared. */
  @Override
  public double coverage(String text) {
    return 0;
  }
}
