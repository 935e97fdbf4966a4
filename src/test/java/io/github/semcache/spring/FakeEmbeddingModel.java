package io.github.semcache.spring;

import io.github.semcache.embedding.Embedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;

/**
 * An embedding model of Spring AI with the vectors of an embedder.
 *
 * @param name the name that the model reports
 */
record FakeEmbeddingModel(String name, Embedder embedder) implements EmbeddingModel {

  @Override
  public EmbeddingResponse call(EmbeddingRequest request) {
    List<Embedding> embeddings = new ArrayList<>();
    embedder
        .embed(request.getInstructions())
        .forEach(vector -> embeddings.add(new Embedding(vector.toArray(), embeddings.size())));
    return new EmbeddingResponse(embeddings, new EmbeddingResponseMetadata(name, new EmptyUsage()));
  }

  @Override
  public float[] embed(Document document) {
    return embed(Objects.requireNonNull(document.getText()));
  }
}
