package io.github.semcache.embedding;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder.KnownModel;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The embedder of {@link Embedder#of}. */
record FunctionEmbedder(EmbeddingSpace space, Function<String, float[]> function)
    implements Embedder {

  FunctionEmbedder {
    requireNonNull(function, "function");
  }

  @Override
  public List<Embedding> embed(List<String> texts) {
    return texts.stream().map(function.andThen(Embedding::of)).toList();
  }

  @Override
  public String modelId() {
    return space.modelId();
  }

  @Override
  public int dimension() {
    return space.dimension();
  }

  @Override
  public OptionalDouble maxDistance() {
    return KnownModel.of(space.modelId()).maxDistance();
  }
}
