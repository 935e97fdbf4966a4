package io.github.semcache.openai;

import static io.github.semcache.openai.OptionChecks.notBlank;
import static io.github.semcache.openai.OptionChecks.positive;
import static java.util.Objects.requireNonNull;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.RequestOptions;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams.EncodingFormat;
import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedder.KnownModel;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Embedder} for the embedding models of OpenAI and of compatible services.
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
 * <p>Texts are sent in as few requests as OpenAI's limits allow: at most 2,048 texts and 300,000
 * tokens per request. The service rejects a request that contains a text of more than 8,192 tokens.
 * The client determines retries and timeouts. A call with a {@linkplain Deadline#current deadline},
 * as a cache makes it during a request, has the remaining time as its timeout and is not repeated.
 *
 * <p>{@link #maxDistance} is 0.13 for {@code text-embedding-3-small}, 0.14 for {@code
 * text-embedding-3-large}, and 0.03 for {@code text-embedding-ada-002}: 0.16 times the distance of
 * unrelated texts, as for all-MiniLM-L6-v2, rounded down. Published cosine similarities of
 * unrelated texts are 0.2 for 3-small and 0.78 for ada-002 (community.openai.com/t/1377685), and
 * 0.1 for 3-large (afurmanov.com/chunk-size-embedding-similarity). Measure the threshold on your
 * own prompts before you rely on it.
 *
 * <p>This class is thread-safe. {@link #embed} blocks on the network.
 */
public final class OpenAiEmbedder implements Embedder, AutoCloseable {
  /** Bad request, content too large, unprocessable content. */
  private static final Set<Integer> REJECTION_STATUSES = Set.of(400, 413, 422);

  private final OpenAIClient client;
  private final boolean ownsClient;
  private final String model;
  private final EmbeddingSpace space;
  private final OptionalInt dimensions;
  private final int maxBatch;
  private final int maxTokens;
  private final EmbeddingReader reader;

  /** Created when it is first used. Concurrent callers may create more than one. */
  private volatile @Nullable OpenAIClient withoutRetries;

  private OpenAiEmbedder(Builder builder, int dimension) {
    this.model = builder.model;
    this.space = new EmbeddingSpace(builder.modelId.orElse(builder.model), dimension);
    this.dimensions = builder.dimensions;
    this.maxBatch = builder.maxBatch;
    this.maxTokens = builder.maxTokens.orElse(KnownModel.of(builder.model).maxTokens());
    this.reader = new EmbeddingReader(space);
    this.client = builder.client.get();
    this.ownsClient = builder.ownsClient;
  }

  /**
   * Returns an embedder for {@code text-embedding-3-small}, whose vectors have 1,536 components.
   *
   * @param client the client, which the embedder does not close
   * @return an embedder
   */
  public static OpenAiEmbedder of(OpenAIClient client) {
    return builder(client).build();
  }

  /**
   * Returns a builder for an embedder that uses an existing client.
   *
   * @param client the client, which the embedder does not close
   * @return a builder
   */
  public static Builder builder(OpenAIClient client) {
    requireNonNull(client, "client");
    return new Builder(() -> client, false);
  }

  /**
   * Returns a builder for an embedder that creates its own OpenAI client. {@link #close} closes
   * that client.
   *
   * @param apiKey the API key
   * @return a builder
   */
  public static Builder connect(String apiKey) {
    return connect(apiKey, Optional.empty());
  }

  /**
   * Returns a builder for an embedder that creates its own client for a compatible service. {@link
   * #close} closes that client.
   *
   * @param apiKey the API key; any string if the service does not need one
   * @param baseUrl the base URL of the service, for example {@code http://localhost:11434/v1}
   * @return a builder
   */
  public static Builder connect(String apiKey, URI baseUrl) {
    return connect(apiKey, Optional.of(requireNonNull(baseUrl, "baseUrl")));
  }

  private static Builder connect(String apiKey, Optional<URI> baseUrl) {
    requireNonNull(apiKey, "apiKey");
    return new Builder(() -> newClient(apiKey, baseUrl), true);
  }

  private static OpenAIClient newClient(String apiKey, Optional<URI> baseUrl) {
    OpenAIOkHttpClient.Builder builder = OpenAIOkHttpClient.builder().apiKey(apiKey);
    baseUrl.map(URI::toString).ifPresent(builder::baseUrl);
    return builder.build();
  }

  /**
   * {@inheritDoc}
   *
   * <p>If the thread is interrupted between two attempts, the request fails and the interrupt flag
   * is set.
   *
   * @throws EmbedderException.RejectedText if the service rejects a request with HTTP status 400,
   *     413, or 422, for example because a text is too long
   * @throws EmbedderException if a request fails after the client's retries, or if the response
   *     does not contain one finite vector of {@link #dimension} components for each text. Error
   *     messages of the service, which may quote a text, appear only in the cause
   */
  @Override
  public List<Embedding> embed(List<String> texts) {
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    for (List<String> batch : InputBatches.split(texts, maxBatch)) {
      embeddings.addAll(embedBatch(batch));
    }
    return embeddings;
  }

  private List<Embedding> embedBatch(List<String> batch) {
    try {
      CreateEmbeddingResponse response = OpenAiCall.run(() -> request(batch));
      return reader.read(response, batch.size());
    } catch (EmbedderException e) {
      throw e;
    } catch (RuntimeException e) {
      String message =
          "embedding " + batch.size() + " texts with model " + model + " failed: " + reason(e);
      throw isRejection(e)
          ? new EmbedderException.RejectedText(message, e)
          : new EmbedderException(message, e);
    }
  }

  /**
   * Sends a request. Under a deadline, the request has the remaining time as its time-out, and it
   * is not repeated: a repetition would exceed the deadline more often than it would succeed.
   */
  private CreateEmbeddingResponse request(List<String> batch) {
    Optional<Deadline> deadline = Deadline.current();
    if (deadline.isEmpty()) {
      return client.embeddings().create(params(batch));
    }
    Duration remaining = deadline.get().remaining();
    if (remaining.isZero()) {
      throw new OpenAIIoException("The deadline has expired");
    }
    RequestOptions options = RequestOptions.builder().timeout(remaining).build();
    return clientWithoutRetries().embeddings().create(params(batch), options);
  }

  /** Returns a view of the client, which shares its connections. */
  private OpenAIClient clientWithoutRetries() {
    @Nullable OpenAIClient current = withoutRetries;
    if (current == null) {
      current = client.withOptions(options -> options.maxRetries(0));
      withoutRetries = current;
    }
    return current;
  }

  private static boolean isRejection(RuntimeException failure) {
    return failure instanceof OpenAIServiceException error
        && REJECTION_STATUSES.contains(error.statusCode());
  }

  private static String reason(RuntimeException failure) {
    if (failure instanceof OpenAIServiceException error) {
      return "the service returned HTTP status " + error.statusCode();
    }
    if (failure instanceof OpenAIInvalidDataException) {
      return "the response is malformed";
    }
    if (failure instanceof OpenAIIoException) {
      return "no complete response was received";
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
    return KnownModel.of(model).maxDistance();
  }

  /**
   * Closes the client if the embedder created it. Does nothing if the client was passed in by the
   * caller.
   */
  @Override
  public void close() {
    if (ownsClient) {
      client.close();
    }
  }

  /** A builder of {@link OpenAiEmbedder}. This class is not thread-safe. */
  public static final class Builder {
    private static final Map<String, Integer> KNOWN_DIMENSIONS =
        Map.of(
            "text-embedding-3-small", 1536,
            "text-embedding-3-large", 3072,
            "text-embedding-ada-002", 1536);

    private final Supplier<OpenAIClient> client;
    private final boolean ownsClient;
    private String model = "text-embedding-3-small";
    private Optional<String> modelId = Optional.empty();
    private OptionalInt modelDimension = OptionalInt.empty();
    private OptionalInt dimensions = OptionalInt.empty();
    private int maxBatch = InputBatches.MAX_TEXTS;
    private OptionalInt maxTokens = OptionalInt.empty();

    private Builder(Supplier<OpenAIClient> client, boolean ownsClient) {
      this.client = client;
      this.ownsClient = ownsClient;
    }

    /**
     * Sets the model to request. The default is {@code text-embedding-3-small}.
     *
     * @param model the name of a model of the service; not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank
     */
    public Builder model(String model) {
      this.model = notBlank(model, "model");
      return this;
    }

    /**
     * Sets the value of {@link OpenAiEmbedder#modelId}, which identifies the vector space. The
     * default is the name of the model. Set it if that name is ambiguous, for example if two
     * services return different vectors for models of the same name.
     *
     * @param modelId the identifier; not blank
     * @return this builder
     * @throws IllegalArgumentException if the identifier is blank
     */
    public Builder modelId(String modelId) {
      this.modelId = Optional.of(notBlank(modelId, "modelId"));
      return this;
    }

    /**
     * Sets the native dimension of the model. It is known for {@code text-embedding-3-small}
     * (1,536), {@code text-embedding-3-large} (3,072), and {@code text-embedding-ada-002} (1,536).
     * For any other model, it must be set unless {@link #dimensions} is set. It is not sent to the
     * service.
     *
     * @param modelDimension the number of components; at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder modelDimension(int modelDimension) {
      this.modelDimension = OptionalInt.of(positive(modelDimension, "modelDimension"));
      return this;
    }

    /**
     * Requests vectors that are shortened to the given number of components. The parameter {@code
     * dimensions} is sent only if this option is set, because many services reject it.
     *
     * @param dimensions the number of components; at least 1, and at most the model's native
     *     dimension if that is known
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder dimensions(int dimensions) {
      this.dimensions = OptionalInt.of(positive(dimensions, "dimensions"));
      return this;
    }

    /**
     * Sets the maximum number of texts per request. The default is 2,048, which is OpenAI's limit.
     * Many other services have a lower limit.
     *
     * @param maxBatch the number of texts, between 1 and 2,048
     * @return this builder
     * @throws IllegalArgumentException if the number is outside this range
     */
    public Builder maxBatch(int maxBatch) {
      if (maxBatch < 1 || maxBatch > InputBatches.MAX_TEXTS) {
        throw new IllegalArgumentException(
            "maxBatch is " + maxBatch + "; it must be between 1 and " + InputBatches.MAX_TEXTS);
      }
      this.maxBatch = maxBatch;
      return this;
    }

    /**
     * Sets the window of the model. OpenAI rejects longer texts, but other services truncate them.
     * Texts that may be longer, by a {@linkplain Embedder#coverageOfWindow conservative estimate},
     * have no {@link OpenAiEmbedder#coverage}: a cache looks them up by their key only.
     *
     * @param maxTokens the number of tokens, at least 1; by default known from the name of the
     *     model (8,191 for OpenAI's models), or 512
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxTokens(int maxTokens) {
      this.maxTokens = OptionalInt.of(positive(maxTokens, "maxTokens"));
      return this;
    }

    /**
     * Builds the embedder. Nothing is sent to the service yet.
     *
     * @return an embedder
     * @throws IllegalArgumentException if the dimension is neither known nor set, or if {@link
     *     #dimensions} exceeds the native dimension of the model
     */
    public OpenAiEmbedder build() {
      OptionalInt nativeDimension = nativeDimension();
      if (dimensions.isEmpty()) {
        return new OpenAiEmbedder(this, nativeDimension.orElseThrow(this::unknownDimension));
      }
      int shortened = dimensions.getAsInt();
      if (nativeDimension.isPresent() && shortened > nativeDimension.getAsInt()) {
        throw new IllegalArgumentException(
            "dimensions is "
                + shortened
                + "; it must be at most "
                + nativeDimension.getAsInt()
                + " for model "
                + model);
      }
      return new OpenAiEmbedder(this, shortened);
    }

    private OptionalInt nativeDimension() {
      return modelDimension.isEmpty() && KNOWN_DIMENSIONS.containsKey(model)
          ? OptionalInt.of(KNOWN_DIMENSIONS.get(model))
          : modelDimension;
    }

    private IllegalArgumentException unknownDimension() {
      return new IllegalArgumentException(
          "modelDimension is not set; it must be set for model "
              + model
              + ", whose dimension is not known");
    }
  }
}
