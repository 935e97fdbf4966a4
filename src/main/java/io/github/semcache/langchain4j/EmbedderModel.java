package io.github.semcache.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import io.github.semcache.embedding.Embedder;
import java.util.List;

/** The implementation of {@link LangChain4jEmbedder#toEmbeddingModel}. */
record EmbedderModel(Embedder embedder) implements EmbeddingModel {

  EmbedderModel {
    requireNonNull(embedder, "embedder");
  }

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    List<String> texts = segments.stream().map(TextSegment::text).toList();
    return Response.from(
        embedder.embed(texts).stream()
            .map(embedding -> Embedding.from(embedding.toArray()))
            .toList());
  }

  @Override
  public int dimension() {
    return embedder.dimension();
  }

  @Override
  public String modelName() {
    return embedder.modelId();
  }
}
