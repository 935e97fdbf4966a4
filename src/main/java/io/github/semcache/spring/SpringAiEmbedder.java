package io.github.semcache.spring;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedder.KnownModel;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingResponse;

/**
 * An embedder that uses an embedding model of Spring AI.
 *
 * <p>Some models truncate long texts. Texts that differ only in the truncated part have the same
 * vector, so a cache looks up texts that may be longer than the window of the model by their key
 * only. Window and threshold are known for some models, by their name; see {@link KnownModel}.
 *
 * <p>Immutable, and thread-safe if the model is. {@link #embed} blocks until the model returns.
 */
public final class SpringAiEmbedder implements Embedder {
  private final EmbeddingModel model;
  private final EmbeddingSpace space;
  private final KnownModel known;

  private SpringAiEmbedder(EmbeddingModel model, EmbeddingSpace space) {
    this.model = model;
    this.space = space;
    this.known = KnownModel.of(space.modelId());
  }

  /**
   * Returns an embedder with the given model name and dimension. Does not call the model.
   *
   * @param model the model; must be thread-safe
   * @param modelId the name of the model, see {@link Embedder#modelId}; not blank
   * @param dimension the number of components of every vector, at least 1
   * @return the embedder
   * @throws IllegalArgumentException if the name is blank or the dimension is less than 1
   */
  public static SpringAiEmbedder of(EmbeddingModel model, String modelId, int dimension) {
    return new SpringAiEmbedder(
        requireNonNull(model, "model"), new EmbeddingSpace(modelId, dimension));
  }

  /**
   * Returns an embedder with the given model name. Embeds a text to determine the dimension, so the
   * call blocks until the model returns.
   *
   * @param model the model; must be thread-safe
   * @param modelId the name of the model, see {@link Embedder#modelId}; not blank
   * @return the embedder
   * @throws IllegalArgumentException if the name is blank
   * @throws EmbedderException if the model fails
   */
  public static SpringAiEmbedder of(EmbeddingModel model, String modelId) {
    return of(model, modelId, Probe.of(model).dimension());
  }

  /**
   * The name and dimension that a model reports with an embedding.
   *
   * @param modelId the name; empty if the model reports none
   * @param dimension the number of components
   */
  record Probe(Optional<String> modelId, int dimension) {
    private static final String TEXT = "dimension";

    static Probe of(EmbeddingModel model) {
      EmbeddingResponse response = call(model, List.of(TEXT));
      if (response.getResults().isEmpty()) {
        throw new EmbedderException("the embedding model returned no vector");
      }
      return new Probe(
          Optional.ofNullable(response.getMetadata().getModel()).filter(name -> !name.isBlank()),
          response.getResults().get(0).getOutput().length);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @return 1 if the text is shorter than the window of the model by a {@linkplain
   *     Embedder#coverageOfWindow conservative estimate}, otherwise 0
   */
  @Override
  public double coverage(String text) {
    return Embedder.coverageOfWindow(text, known.maxTokens());
  }

  @Override
  public OptionalDouble maxDistance() {
    return known.maxDistance();
  }

  private static EmbeddingResponse call(EmbeddingModel model, List<String> texts) {
    try {
      return model.embedForResponse(texts);
    } catch (RuntimeException e) {
      throw new EmbedderException(
          "embedding " + texts.size() + " texts failed: " + e.getClass().getName(), e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws EmbedderException if the model fails, with the model's exception as the cause; or if it
   *     does not return one finite vector of {@link #dimension} components for each text
   */
  @Override
  public List<Embedding> embed(List<String> texts) {
    List<float[]> vectors =
        call(model, texts).getResults().stream()
            .map(org.springframework.ai.embedding.Embedding::getOutput)
            .toList();
    return space.embeddings(vectors, texts.size());
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
