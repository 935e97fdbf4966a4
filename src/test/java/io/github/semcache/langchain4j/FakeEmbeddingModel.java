package io.github.semcache.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** An embedding model that computes vectors and token counts by functions and records its calls. */
class FakeEmbeddingModel implements EmbeddingModel {
  private final Function<String, float[]> vectors;
  private final ToIntFunction<String> tokens;
  private final List<List<String>> batches = new ArrayList<>();

  FakeEmbeddingModel(Function<String, float[]> vectors) {
    this(vectors, String::length);
  }

  FakeEmbeddingModel(Function<String, float[]> vectors, ToIntFunction<String> tokens) {
    this.vectors = vectors;
    this.tokens = tokens;
  }

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    List<String> texts = segments.stream().map(TextSegment::text).toList();
    batches.add(texts);
    return Response.from(
        texts.stream().map(text -> Embedding.from(vectors.apply(text))).toList(),
        new TokenUsage(texts.stream().mapToInt(tokens).sum()));
  }

  List<List<String>> batches() {
    return batches;
  }
}
