package io.github.semcache.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedder.KnownModel;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * An embedder that uses an embedding model of LangChain4j, such as a model of Cohere, Voyage, or
 * Ollama. {@link MiniLmEmbedder} runs a model in the same process.
 *
 * <pre>{@code
 * Embedder embedder = LangChain4jEmbedder.of(
 *     OllamaEmbeddingModel.builder().baseUrl(url).modelName("bge-m3").build(), "bge-m3");
 * }</pre>
 *
 * <p>Some models truncate long texts. Texts that differ only in the truncated part have the same
 * vector, so a cache looks up texts that may be longer than the {@linkplain Builder#maxTokens
 * window} of the model by their key only. Window and {@linkplain Builder#maxDistance threshold} are
 * known for some models, by their name. Of other models, 512 tokens are assumed to be read.
 *
 * <p>Immutable, and thread-safe if the model is thread-safe. {@link #embed} blocks until the model
 * returns. The model is not closed by this class.
 */
public final class LangChain4jEmbedder implements Embedder {
  private final EmbeddingModel model;
  private final EmbeddingSpace space;
  private final int maxBatch;
  private final int maxTokens;
  private final OptionalDouble maxDistance;

  private LangChain4jEmbedder(Builder builder, int dimension) {
    this.model = builder.model;
    this.space = new EmbeddingSpace(builder.modelId, dimension);
    this.maxBatch = builder.maxBatch;
    KnownModel known = KnownModel.of(builder.modelId);
    this.maxTokens = builder.maxTokens.orElse(known.maxTokens());
    this.maxDistance = builder.maxDistance.isPresent() ? builder.maxDistance : known.maxDistance();
  }

  /**
   * Returns an embedder that passes all texts of a call to the model in one batch. Determines the
   * dimension by {@link EmbeddingModel#dimension}, for which many models embed a text; this may
   * block.
   *
   * @param model the model; must be thread-safe
   * @param modelId the name of the model, see {@link Embedder#modelId}; not blank
   * @return the embedder
   * @throws IllegalArgumentException if the name is blank
   * @throws EmbedderException if the model fails to determine its dimension
   */
  public static LangChain4jEmbedder of(EmbeddingModel model, String modelId) {
    return builder(model, modelId).build();
  }

  /**
   * Returns a builder with the default options.
   *
   * @param model the model; must be thread-safe
   * @param modelId the name of the model, see {@link Embedder#modelId}; not blank
   * @return a builder
   * @throws IllegalArgumentException if the name is blank
   */
  public static Builder builder(EmbeddingModel model, String modelId) {
    return new Builder(model, modelId);
  }

  /**
   * Converts an embedder to an embedding model of LangChain4j, for example for a document store
   * that uses the same vector space as the cache.
   *
   * @param embedder the embedder
   * @return a model that has the embedder's {@link Embedder#modelId} as its name and that throws
   *     the embedder's exceptions
   */
  public static EmbeddingModel toEmbeddingModel(Embedder embedder) {
    return new EmbedderModel(embedder);
  }

  /**
   * {@inheritDoc}
   *
   * @throws EmbedderException.RejectedText if the model rejects a text, for example because it is
   *     too long, by an {@link InvalidRequestException} or an {@link IllegalArgumentException}
   * @throws EmbedderException if the model fails, with the model's exception as the cause; or if it
   *     does not return one finite vector of {@link #dimension} components for each text
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
      throw new EmbedderException.RejectedText(failureMessage(texts, e), e);
    } catch (RuntimeException e) {
      throw new EmbedderException(failureMessage(texts, e), e);
    }
    return space.embeddings(
        vectors.stream().map(dev.langchain4j.data.embedding.Embedding::vector).toList(),
        texts.size());
  }

  private String failureMessage(List<String> texts, RuntimeException failure) {
    return "embedding "
        + texts.size()
        + " texts with model "
        + modelId()
        + " failed: "
        + failure.getClass().getName();
  }

  @Override
  public String modelId() {
    return space.modelId();
  }

  @Override
  public int dimension() {
    return space.dimension();
  }

  /**
   * {@inheritDoc}
   *
   * @return 1 if the text is shorter than the {@linkplain Builder#maxTokens window} of the model by
   *     a {@linkplain Embedder#coverageOfWindow conservative estimate}, otherwise 0
   */
  @Override
  public double coverage(String text) {
    return Embedder.coverageOfWindow(text, maxTokens);
  }

  @Override
  public OptionalDouble maxDistance() {
    return maxDistance;
  }

  /** Builds a {@link LangChain4jEmbedder}. Not thread-safe. */
  public static final class Builder {
    private final EmbeddingModel model;
    private final String modelId;
    private int maxBatch = Integer.MAX_VALUE;
    private OptionalInt dimension = OptionalInt.empty();
    private OptionalInt maxTokens = OptionalInt.empty();
    private OptionalDouble maxDistance = OptionalDouble.empty();

    private Builder(EmbeddingModel model, String modelId) {
      this.model = requireNonNull(model, "model");
      this.modelId = new EmbeddingSpace(modelId, 1).modelId();
    }

    /**
     * Sets the maximum number of texts that are passed to the model in one batch. By default, a
     * batch contains all texts of a call. Set it to 1 for models whose vectors depend on the other
     * texts of the batch, which may be the case for quantized models.
     *
     * @param maxBatch the number of texts, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxBatch(int maxBatch) {
      this.maxBatch = positive(maxBatch, "maxBatch");
      return this;
    }

    /**
     * Sets the number of components of the model's vectors. By default, it is determined by {@link
     * EmbeddingModel#dimension}.
     *
     * @param dimension the number of components, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder dimension(int dimension) {
      this.dimension = OptionalInt.of(positive(dimension, "dimension"));
      return this;
    }

    /**
     * Sets the window of the model: the number of tokens at which it truncates a text. Texts that
     * may be longer, by a {@linkplain Embedder#coverageOfWindow conservative estimate}, have no
     * {@link LangChain4jEmbedder#coverage}.
     *
     * @param maxTokens the number of tokens, at least 1; by default known from the name of the
     *     model, or 512
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxTokens(int maxTokens) {
      this.maxTokens = OptionalInt.of(positive(maxTokens, "maxTokens"));
      return this;
    }

    /**
     * Sets the threshold that suits the model, see {@link Embedder#maxDistance}.
     *
     * @param maxDistance a cosine distance, in [0, 2]; by default known from the name of the model,
     *     or empty
     * @return this builder
     * @throws IllegalArgumentException if the distance is out of range
     */
    public Builder maxDistance(double maxDistance) {
      if (!(maxDistance >= 0 && maxDistance <= 2)) {
        throw new IllegalArgumentException(
            "maxDistance is " + maxDistance + "; a cosine distance lies between 0 and 2");
      }
      this.maxDistance = OptionalDouble.of(maxDistance);
      return this;
    }

    /**
     * Builds the embedder. Unless {@link #dimension} is set, the dimension is determined by {@link
     * EmbeddingModel#dimension}, for which many models embed a text; this may block.
     *
     * @return an embedder with these options
     * @throws EmbedderException if the model fails to determine its dimension
     */
    public LangChain4jEmbedder build() {
      return new LangChain4jEmbedder(this, dimension.orElseGet(this::modelDimension));
    }

    private int modelDimension() {
      try {
        return positive(model.dimension(), "dimension of the model");
      } catch (RuntimeException e) {
        throw new EmbedderException("model " + modelId + " failed to determine its dimension", e);
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
