package io.github.semcache.openai;

import static io.github.semcache.openai.OptionChecks.notBlank;
import static io.github.semcache.openai.OptionChecks.positive;
import static java.util.Objects.requireNonNull;

import com.openai.client.OpenAIClient;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams.EncodingFormat;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.embedding.RejectedTextException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Embeds with OpenAI's embedding models, or those of any service that speaks the same protocol at
 * the client's base URL.
 *
 * <pre>{@code
 * OpenAIClient client = OpenAIOkHttpClient.fromEnv();
 * Embedder small = OpenAiEmbedder.of(client);
 * Embedder shortened = OpenAiEmbedder.builder(client)
 *     .model("text-embedding-3-large")
 *     .dimensions(1024)
 *     .build();
 * }</pre>
 *
 * <p>Texts travel in as few requests as the service's limits allow: at most 2,048 texts and 300,000
 * tokens in one, by OpenAI's API reference. A text of more than 8,192 tokens is refused by the
 * service, and its request fails. Retries and time limits are the client's own.
 *
 * <p>Immutable and safe for use by many threads. {@link #embed} blocks on the network. The client
 * stays the caller's: it is never closed here.
 */
public final class OpenAiEmbedder implements Embedder {
  /** Bad request, content too large, unprocessable content. */
  private static final Set<Integer> REJECTIONS = Set.of(400, 413, 422);

  private final OpenAIClient client;
  private final String model;
  private final EmbeddingSpace space;
  private final OptionalInt dimensions;
  private final int maxBatch;
  private final EmbeddingReader reader;

  private OpenAiEmbedder(Builder builder, int dimension) {
    this.client = builder.client;
    this.model = builder.model;
    this.space = new EmbeddingSpace(builder.modelId.orElse(builder.model), dimension);
    this.dimensions = builder.dimensions;
    this.maxBatch = builder.maxBatch;
    this.reader = new EmbeddingReader(model, dimension);
  }

  /**
   * An embedder for {@code text-embedding-3-small}, whose vectors have 1,536 components.
   *
   * @param client the client to call the service with
   * @return the embedder
   */
  public static OpenAiEmbedder of(OpenAIClient client) {
    return builder(client).build();
  }

  /**
   * Starts an embedder with other options.
   *
   * @param client the client to call the service with
   * @return a builder
   */
  public static Builder builder(OpenAIClient client) {
    return new Builder(client);
  }

  /**
   * {@inheritDoc}
   *
   * @throws RejectedTextException if the service finds fault with a request, as it does with a text
   *     that is too long (HTTP status 400, 413 or 422)
   * @throws EmbedderException if a request fails after the client's retries, or if a reply is not
   *     one finite vector of {@link #dimension} components for each text. The service's own words,
   *     which may repeat a text, are in the cause only. A thread that was interrupted keeps its
   *     interrupt flag
   */
  @Override
  public List<Embedding> embed(List<String> texts) {
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    for (List<String> batch : InputBatches.split(texts, maxBatch)) {
      embeddings.addAll(request(batch));
    }
    return embeddings;
  }

  private List<Embedding> request(List<String> batch) {
    try {
      CreateEmbeddingResponse response =
          OpenAiCall.run(() -> client.embeddings().create(params(batch)));
      return reader.read(response, batch.size());
    } catch (EmbedderException e) {
      throw e;
    } catch (RuntimeException e) {
      String message =
          "embedding " + batch.size() + " texts with model " + model + " failed: " + reason(e);
      throw isOfTheTexts(e)
          ? new RejectedTextException(message, e)
          : new EmbedderException(message, e);
    }
  }

  /** The service found fault with the request, as it does with a text that is too long. */
  private static boolean isOfTheTexts(RuntimeException failure) {
    return failure instanceof OpenAIServiceException answered
        && REJECTIONS.contains(answered.statusCode());
  }

  private static String reason(RuntimeException failure) {
    if (failure instanceof OpenAIServiceException answered) {
      return "the service answered with HTTP status " + answered.statusCode();
    }
    if (failure instanceof OpenAIInvalidDataException) {
      return "the reply is malformed";
    }
    if (failure instanceof OpenAIIoException) {
      return "the service gave no whole reply";
    }
    return failure.getClass().getName();
  }

  private EmbeddingCreateParams params(List<String> batch) {
    EmbeddingCreateParams.Builder params =
        EmbeddingCreateParams.builder()
            .model(model)
            .inputOfArrayOfStrings(batch)
            .encodingFormat(EncodingFormat.BASE64);
    dimensions.ifPresent(params::dimensions);
    return params.build();
  }

  @Override
  public String modelId() {
    return space.modelId();
  }

  @Override
  public int dimension() {
    return space.dimension();
  }

  /** The options of an {@link OpenAiEmbedder}. Not safe for use by many threads. */
  public static final class Builder {
    private static final Map<String, Integer> KNOWN_DIMENSIONS =
        Map.of(
            "text-embedding-3-small", 1536,
            "text-embedding-3-large", 3072,
            "text-embedding-ada-002", 1536);

    private final OpenAIClient client;
    private String model = "text-embedding-3-small";
    private Optional<String> modelId = Optional.empty();
    private OptionalInt modelDimension = OptionalInt.empty();
    private OptionalInt dimensions = OptionalInt.empty();
    private int maxBatch = InputBatches.MAX_TEXTS;

    private Builder(OpenAIClient client) {
      this.client = requireNonNull(client, "client");
    }

    /**
     * The model to ask for; {@code text-embedding-3-small} unless set.
     *
     * @param model a name that the service knows; not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank
     */
    public Builder model(String model) {
      this.model = notBlank(model, "model");
      return this;
    }

    /**
     * Names the vector space, in place of the model's name, where the model's name is not enough:
     * for example when two services give different vectors under one name.
     *
     * @param modelId what {@link OpenAiEmbedder#modelId} shall return; not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank
     */
    public Builder modelId(String modelId) {
      this.modelId = Optional.of(notBlank(modelId, "modelId"));
      return this;
    }

    /**
     * The number of components that the model gives by itself. Known for {@code
     * text-embedding-3-small} (1,536), {@code text-embedding-3-large} (3,072) and {@code
     * text-embedding-ada-002} (1,536); needed for every other model, unless {@link #dimensions} is
     * given. It is not sent to the service.
     *
     * @param modelDimension at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder modelDimension(int modelDimension) {
      this.modelDimension = OptionalInt.of(positive(modelDimension, "modelDimension"));
      return this;
    }

    /**
     * Asks the service for vectors shortened to this many components. Only when this is set does a
     * request carry the parameter {@code dimensions}, which many services refuse.
     *
     * @param dimensions at least 1, and at most what the model gives by itself where that is known
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder dimensions(int dimensions) {
      this.dimensions = OptionalInt.of(positive(dimensions, "dimensions"));
      return this;
    }

    /**
     * The most texts in one request; 2,048 unless set, which is OpenAI's limit. Other services
     * accept fewer.
     *
     * @param maxBatch 1 to 2,048
     * @return this builder
     * @throws IllegalArgumentException if the number is outside these bounds
     */
    public Builder maxBatch(int maxBatch) {
      if (maxBatch < 1 || maxBatch > InputBatches.MAX_TEXTS) {
        throw new IllegalArgumentException(
            "maxBatch is " + maxBatch + "; it must be 1 to " + InputBatches.MAX_TEXTS);
      }
      this.maxBatch = maxBatch;
      return this;
    }

    /**
     * Makes the embedder.
     *
     * @return an embedder with these options
     * @throws IllegalArgumentException if the number of components is neither known nor given, or
     *     if {@link #dimensions} is more than the model gives by itself
     */
    public OpenAiEmbedder build() {
      Optional<Integer> whole =
          modelDimension.isPresent()
              ? Optional.of(modelDimension.getAsInt())
              : Optional.ofNullable(KNOWN_DIMENSIONS.get(model));
      if (dimensions.isEmpty()) {
        return new OpenAiEmbedder(this, whole.orElseThrow(this::unknownDimension));
      }
      int shortened = dimensions.getAsInt();
      if (shortened > whole.orElse(shortened)) {
        throw new IllegalArgumentException(
            "dimensions is " + shortened + "; model " + model + " gives at most " + whole.get());
      }
      return new OpenAiEmbedder(this, shortened);
    }

    private IllegalArgumentException unknownDimension() {
      return new IllegalArgumentException(
          "modelDimension is not set; it must be, because the number of components of model "
              + model
              + " is not known here");
    }
  }
}
