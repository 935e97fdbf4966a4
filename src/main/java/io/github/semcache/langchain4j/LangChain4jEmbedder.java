package io.github.semcache.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.embedding.RejectedTextException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Embeds with any of LangChain4j's embedding models: those of Cohere, Voyage, Ollama and many
 * others. {@link MiniLmEmbedder} is the one for the local model.
 *
 * <pre>{@code
 * Embedder embedder = LangChain4jEmbedder.of(
 *     OllamaEmbeddingModel.builder().baseUrl(url).modelName("bge-m3").build(), "bge-m3");
 * }</pre>
 *
 * <p>Some models read only the beginning of a text; to the cache, texts with one beginning are then
 * the same. LangChain4j's own all-MiniLM models do so after some hundred words.
 *
 * <p>Immutable, and as safe for use by many threads as the model is; {@link #embed} blocks as long
 * as the model does. The model stays the caller's: it is never closed here.
 */
public final class LangChain4jEmbedder implements Embedder {
  private final EmbeddingModel model;
  private final EmbeddingSpace space;
  private final int maxBatch;

  private LangChain4jEmbedder(Builder builder, int dimension) {
    this.model = builder.model;
    this.space = new EmbeddingSpace(builder.modelId, dimension);
    this.maxBatch = builder.maxBatch;
  }

  /**
   * An embedder that gives the model all texts of a call at once. The model is asked for its
   * dimension now, for which many models embed a text.
   *
   * @param model the model; safe for use by many threads
   * @param modelId the model's name, as {@link Embedder#modelId} describes it; not blank
   * @return the embedder
   * @throws IllegalArgumentException if the name is blank
   * @throws EmbedderException if the model does not tell its dimension
   */
  public static LangChain4jEmbedder of(EmbeddingModel model, String modelId) {
    return builder(model, modelId).build();
  }

  /**
   * Starts an embedder with other options.
   *
   * @param model the model; safe for use by many threads
   * @param modelId the model's name, as {@link Embedder#modelId} describes it; not blank
   * @return a builder
   * @throws IllegalArgumentException if the name is blank
   */
  public static Builder builder(EmbeddingModel model, String modelId) {
    return new Builder(model, modelId);
  }

  /**
   * The other way round: an embedder as a model of LangChain4j, for example for a store of
   * documents that shall live in the same vector space.
   *
   * @param embedder the embedder
   * @return a model whose name is the embedder's {@link Embedder#modelId}, and which fails as the
   *     embedder does
   */
  public static EmbeddingModel toEmbeddingModel(Embedder embedder) {
    return new EmbedderModel(embedder);
  }

  /**
   * {@inheritDoc}
   *
   * @throws RejectedTextException if the model finds fault with what it is given, as it does with a
   *     text that is too long ({@link InvalidRequestException}, {@link IllegalArgumentException})
   * @throws EmbedderException if the model fails, whose own exception is the cause; or if it gives
   *     anything else than one finite vector of {@link #dimension} components for each text
   */
  @Override
  public List<Embedding> embed(List<String> texts) {
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    for (int start = 0; start < texts.size(); start += maxBatch) {
      int end = start + Math.min(maxBatch, texts.size() - start);
      embeddings.addAll(embedBatch(texts.subList(start, end)));
    }
    return embeddings;
  }

  private List<Embedding> embedBatch(List<String> texts) {
    List<dev.langchain4j.data.embedding.Embedding> vectors;
    try {
      vectors = model.embedAll(texts.stream().map(TextSegment::from).toList()).content();
    } catch (EmbedderException e) {
      throw e;
    } catch (InvalidRequestException | IllegalArgumentException e) {
      throw new RejectedTextException(failed(texts, e), e);
    } catch (RuntimeException e) {
      throw new EmbedderException(failed(texts, e), e);
    }
    if (vectors.size() != texts.size()) {
      throw unusable(vectors.size() + " vectors for " + texts.size() + " texts");
    }
    return vectors.stream().map(vector -> embedding(vector.vector())).toList();
  }

  private String failed(List<String> texts, RuntimeException failure) {
    return "embedding "
        + texts.size()
        + " texts with model "
        + modelId()
        + " failed: "
        + failure.getClass().getName();
  }

  private Embedding embedding(float[] components) {
    if (components.length != dimension()) {
      throw unusable("a vector of " + components.length + " components in place of " + dimension());
    }
    try {
      return Embedding.of(components);
    } catch (IllegalArgumentException e) {
      throw unusable("a vector that cannot be used: " + e.getMessage());
    }
  }

  private EmbedderException unusable(String what) {
    return new EmbedderException("model " + modelId() + " gave " + what);
  }

  @Override
  public String modelId() {
    return space.modelId();
  }

  @Override
  public int dimension() {
    return space.dimension();
  }

  /** The options of a {@link LangChain4jEmbedder}. Not safe for use by many threads. */
  public static final class Builder {
    private final EmbeddingModel model;
    private final String modelId;
    private int maxBatch = Integer.MAX_VALUE;
    private OptionalInt dimension = OptionalInt.empty();

    private Builder(EmbeddingModel model, String modelId) {
      this.model = requireNonNull(model, "model");
      this.modelId = new EmbeddingSpace(modelId, 1).modelId();
    }

    /**
     * The most texts that the model is given at once; all of them unless set. 1 is for models whose
     * vectors depend on what else is in the batch, as those of quantized models can.
     *
     * @param maxBatch at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxBatch(int maxBatch) {
      this.maxBatch = positive(maxBatch, "maxBatch");
      return this;
    }

    /**
     * The number of components of the model's vectors; the model is asked for it unless set.
     *
     * @param dimension at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder dimension(int dimension) {
      this.dimension = OptionalInt.of(positive(dimension, "dimension"));
      return this;
    }

    /**
     * Makes the embedder. Unless {@link #dimension} is set, the model is asked for it now, for
     * which many models embed a text.
     *
     * @return an embedder with these options
     * @throws EmbedderException if the model does not tell its dimension
     */
    public LangChain4jEmbedder build() {
      return new LangChain4jEmbedder(this, dimension.orElseGet(this::dimensionOfModel));
    }

    private int dimensionOfModel() {
      try {
        return positive(model.dimension(), "dimension of the model");
      } catch (RuntimeException e) {
        throw new EmbedderException("model " + modelId + " does not tell its dimension", e);
      }
    }

    private static int positive(int value, String option) {
      if (value < 1) {
        throw new IllegalArgumentException(option + " is " + value + "; it must be at least 1");
      }
      return value;
    }
  }
}
