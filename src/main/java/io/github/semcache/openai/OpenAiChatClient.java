package io.github.semcache.openai;

import static io.github.semcache.openai.OptionChecks.notBlank;
import static io.github.semcache.openai.OptionChecks.positive;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.ClientOptions;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.internal.json.AnswerCheck;
import io.github.semcache.internal.json.CanonicalJson;
import io.github.semcache.prompt.Prompt;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A {@link ChatClient.Streaming} for the chat completions API of OpenAI and of compatible services.
 *
 * <pre>{@code
 * OpenAIClient client = OpenAIOkHttpClient.fromEnv();
 * ChatClient chat = OpenAiChatClient.builder(client)
 *     .model("gpt-4o")
 *     .system("Answer in one sentence.")
 *     .temperature(0)
 *     .setting("reasoning_effort", "low")
 *     .build();
 * }</pre>
 *
 * <p>Every option is part of the {@link #settings}, so an answer is only reused under the same
 * options. The client's base URL is part of them too, because two services may offer different
 * models under the same name. {@link Builder#endpoint} replaces it for a service that has several
 * addresses.
 *
 * <p>The client's organization, project, and a SHA-256 hash of its API key are part of the settings
 * too, so answers are only reused with the same credentials. After the key has been replaced, the
 * cache starts empty, unless {@link Builder#shareAcrossCredentials} is set. Credentials that change
 * over time (workload identities, token suppliers, request authenticators) are not part of the
 * settings.
 *
 * <p>If a setting asks for JSON ({@code response_format}), an answer that cannot be parsed or does
 * not conform to the schema has the finish reason {@link
 * io.github.semcache.chat.ChatReply.FinishReason#MALFORMED}. If a setting enables a web search or
 * another source of live data, the finish reason is {@link
 * io.github.semcache.chat.ChatReply.FinishReason#LIVE_DATA}. Such answers are not stored by
 * default.
 *
 * <p>This class is immutable and thread-safe. {@link #chat} blocks on the network. The client
 * determines retries and timeouts. {@link #close} closes only a client that {@link #connect}
 * created.
 */
public final class OpenAiChatClient implements ChatClient.Streaming, AutoCloseable {
  private final OpenAIClient client;
  private final boolean ownsClient;
  private final String model;
  private final Optional<String> system;
  private final Map<String, JsonValue> body;
  private final Map<String, String> settings;
  private final AnswerCheck check;

  private OpenAiChatClient(Builder builder) {
    this.client = builder.client;
    this.ownsClient = builder.ownsClient;
    this.model = builder.model;
    this.system = builder.system;
    this.body = Collections.unmodifiableSortedMap(new TreeMap<>(builder.body));
    this.settings = Collections.unmodifiableSortedMap(builder.settings());
    this.check = AnswerCheck.ofChat(builder.request());
  }

  /**
   * Returns a chat client for {@code gpt-4o-mini} with the defaults of the service.
   *
   * @param client the client, which stays open
   * @return a chat client
   */
  public static OpenAiChatClient of(OpenAIClient client) {
    return builder(client).build();
  }

  /**
   * Returns a builder.
   *
   * @param client the client, which stays open
   * @return a builder
   */
  public static Builder builder(OpenAIClient client) {
    return new Builder(client, false);
  }

  /**
   * Returns a builder for a chat client that creates its own OpenAI client. {@link #close} closes
   * that client.
   *
   * @param apiKey the API key
   * @return a builder
   */
  public static Builder connect(String apiKey) {
    return new Builder(
        OpenAIOkHttpClient.builder().apiKey(requireNonNull(apiKey, "apiKey")).build(), true);
  }

  /**
   * Returns a builder for a chat client that creates its own client for a compatible service.
   * {@link #close} closes that client.
   *
   * @param apiKey the API key; any string if the service does not need one
   * @param baseUrl the base URL of the service, for example {@code http://localhost:11434/v1}
   * @return a builder
   */
  public static Builder connect(String apiKey, URI baseUrl) {
    return new Builder(
        OpenAIOkHttpClient.builder()
            .apiKey(requireNonNull(apiKey, "apiKey"))
            .baseUrl(baseUrl.toString())
            .build(),
        true);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Sends the system text, the earlier messages, and the text of the prompt as a user message,
   * in this order. If the model refuses, the text of the reply is the refusal.
   *
   * @throws IllegalArgumentException if the role of an earlier message is not {@code user}, {@code
   *     assistant}, {@code system}, or {@code developer}
   * @throws com.openai.errors.OpenAIInvalidDataException if the response has no choices
   * @throws com.openai.errors.OpenAIIoException if the thread is interrupted between two attempts;
   *     its interrupt flag is set
   * @throws com.openai.errors.OpenAIException if the request fails in any other way; thrown as
   *     openai-java throws it
   */
  @Override
  public ChatReply chat(Prompt prompt) {
    ChatCompletionCreateParams params = params(prompt);
    return CompletionReader.read(
        OpenAiCall.run(() -> client.chat().completions().create(params)), check);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Requests the token usage with {@code stream_options.include_usage}.
   *
   * @throws IllegalArgumentException if the role of an earlier message is not {@code user}, {@code
   *     assistant}, {@code system}, or {@code developer}
   * @throws com.openai.errors.OpenAIInvalidDataException if the stream ends before the answer is
   *     complete
   * @throws com.openai.errors.OpenAIIoException if the connection fails, or if the thread is
   *     interrupted between two attempts; its interrupt flag is set then
   * @throws com.openai.errors.OpenAIException if the request fails in any other way; thrown as
   *     openai-java throws it
   */
  @Override
  public ChatReply chat(Prompt prompt, Consumer<String> onText) {
    ChatCompletionCreateParams params =
        params(prompt).toBuilder()
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    return OpenAiCall.run(() -> stream(params, onText));
  }

  private ChatReply stream(ChatCompletionCreateParams params, Consumer<String> onText) {
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params)) {
      chunks.stream()
          .map(accumulator::accumulate)
          .forEach(chunk -> textOf(chunk).ifPresent(onText));
    }
    try {
      return CompletionReader.read(accumulator.chatCompletion(), check);
    } catch (IllegalStateException e) {
      throw new OpenAIInvalidDataException("The stream ended before the answer was complete", e);
    }
  }

  private static Optional<String> textOf(ChatCompletionChunk chunk) {
    return chunk.choices().stream()
        .filter(choice -> choice.index() == 0)
        .findFirst()
        .flatMap(choice -> choice.delta().content())
        .filter(text -> !text.isEmpty());
  }

  private ChatCompletionCreateParams params(Prompt prompt) {
    ChatCompletionCreateParams.Builder params =
        ChatCompletionCreateParams.builder().model(model).putAllAdditionalBodyProperties(body);
    prompt.system().or(() -> system).ifPresent(params::addSystemMessage);
    prompt.history().forEach(message -> add(message, params));
    return params.addUserMessage(prompt.text()).build();
  }

  private static void add(Prompt.Message message, ChatCompletionCreateParams.Builder params) {
    switch (message.role()) {
      case "user" -> params.addUserMessage(message.text());
      case "assistant" -> params.addAssistantMessage(message.text());
      case "system" -> params.addSystemMessage(message.text());
      case "developer" -> params.addDeveloperMessage(message.text());
      default ->
          throw new IllegalArgumentException(
              "role of an earlier message is "
                  + message.role()
                  + "; it must be user, assistant, system, or developer");
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The settings are {@code endpoint}, {@code model}, {@code organization}, {@code project},
   * {@code credentials} (a hash), and {@code system} if they are set, and every property of the
   * request body that is set, as JSON with sorted keys.
   */
  @Override
  public Map<String, String> settings() {
    return settings;
  }

  /** Closes the OpenAI client if it was created by {@link #connect}. */
  @Override
  public void close() {
    if (ownsClient) {
      client.close();
    }
  }

  /** A builder of {@link OpenAiChatClient}. This class is not thread-safe. */
  public static final class Builder {
    private static final Set<String> RESERVED =
        Set.of(
            "credentials",
            "endpoint",
            "messages",
            "model",
            "n",
            "organization",
            "project",
            "stream",
            "stream_options",
            "system");

    private final OpenAIClient client;
    private final boolean ownsClient;
    private final SortedMap<String, JsonValue> body = new TreeMap<>();
    private String model = "gpt-4o-mini";
    private Optional<String> system = Optional.empty();
    private Optional<String> endpoint = Optional.empty();
    private boolean sharesAcrossCredentials;

    private Builder(OpenAIClient client, boolean ownsClient) {
      this.client = requireNonNull(client, "client");
      this.ownsClient = ownsClient;
    }

    /**
     * Sets the model. The default is {@code gpt-4o-mini}.
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
     * Sets the system text of prompts that do not have one. The default is none.
     *
     * @param system the system text; not blank
     * @return this builder
     * @throws IllegalArgumentException if the text is blank
     */
    public Builder system(String system) {
      this.system = Optional.of(notBlank(system, "system"));
      return this;
    }

    /**
     * Sets the sampling temperature ({@code temperature}). By default, the service chooses the
     * value.
     *
     * @param temperature the temperature, in [0, 2]
     * @return this builder
     * @throws IllegalArgumentException if the temperature is outside this range
     */
    public Builder temperature(double temperature) {
      return setting("temperature", within(temperature, 2, "temperature"));
    }

    /**
     * Sets the probability mass for nucleus sampling ({@code top_p}). By default, the service
     * chooses the value.
     *
     * @param topP the probability mass, in [0, 1]
     * @return this builder
     * @throws IllegalArgumentException if the value is outside this range
     */
    public Builder topP(double topP) {
      return setting("top_p", within(topP, 1, "topP"));
    }

    /**
     * Sets the maximum number of tokens of an answer ({@code max_completion_tokens}). By default,
     * the service chooses the value. For services that only support {@code max_tokens}, use {@link
     * #setting}.
     *
     * @param maxCompletionTokens the number of tokens; at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxCompletionTokens(int maxCompletionTokens) {
      return setting("max_completion_tokens", positive(maxCompletionTokens, "maxCompletionTokens"));
    }

    /**
     * Sets the sampling seed ({@code seed}). The default is none.
     *
     * @param seed the seed
     * @return this builder
     */
    public Builder seed(long seed) {
      return setting("seed", seed);
    }

    /**
     * Sets any other property of the request body. Replaces the previous value of the property. The
     * value is converted to JSON when this method is called.
     *
     * @param name the name of the property in the JSON body, for example {@code reasoning_effort};
     *     not blank
     * @param value a string, number, boolean, list, map, {@link JsonValue}, or any object that
     *     openai-java can convert to JSON
     * @return this builder
     * @throws IllegalArgumentException if the name is blank; if the property has its own option
     *     ({@code model}, {@code system}, {@code endpoint}), is a setting of the client ({@code
     *     organization}, {@code project}, {@code credentials}), or changes the structure of the
     *     response ({@code messages}, {@code n}, {@code stream}, {@code stream_options}); or if the
     *     value cannot be converted to JSON
     */
    public Builder setting(String name, Object value) {
      if (RESERVED.contains(notBlank(name, "name"))) {
        throw new IllegalArgumentException(
            "setting " + name + " is reserved; it has its own option or cannot be set");
      }
      body.put(name, JsonValue.from(requireNonNull(value, "value")));
      return this;
    }

    /**
     * Sets the name of the service in the {@link OpenAiChatClient#settings settings}. The default
     * is the base URL of the client. Use the same name for caches that share answers although they
     * call the service at different addresses.
     *
     * @param endpoint the name; not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank
     */
    public Builder endpoint(String endpoint) {
      this.endpoint = Optional.of(notBlank(endpoint, "endpoint"));
      return this;
    }

    /**
     * Shares answers between clients with different API keys. For clients of one owner whose keys
     * are replaced from time to time. A request with a revoked key can be a hit then. By default, a
     * hash of the key is part of the settings.
     *
     * @return this builder
     */
    public Builder shareAcrossCredentials() {
      this.sharesAcrossCredentials = true;
      return this;
    }

    /**
     * Builds the chat client.
     *
     * @return a chat client
     */
    public OpenAiChatClient build() {
      return new OpenAiChatClient(this);
    }

    private SortedMap<String, String> settings() {
      SortedMap<String, String> settings = new TreeMap<>();
      ClientOptions options = clientOptions();
      settings.put("endpoint", endpoint.orElseGet(options::baseUrl));
      settings.put("model", model);
      options.organization().ifPresent(name -> settings.put("organization", name));
      options.project().ifPresent(name -> settings.put("project", name));
      if (!sharesAcrossCredentials) {
        ClientCredentials.hashOf(options).ifPresent(hash -> settings.put("credentials", hash));
      }
      system.ifPresent(text -> settings.put("system", text));
      body.forEach(
          (name, value) -> settings.put(name, CanonicalJson.of(value.convert(JsonNode.class))));
      return settings;
    }

    /** Returns the fields of the request body that do not depend on the prompt. */
    private ObjectNode request() {
      ObjectNode request = JsonNodeFactory.instance.objectNode().put("model", model);
      body.forEach((name, value) -> request.set(name, value.convert(JsonNode.class)));
      return request;
    }

    /** The options of a client are only visible while another client is derived from it. */
    private ClientOptions clientOptions() {
      AtomicReference<ClientOptions> seen = new AtomicReference<>();
      client.withOptions(options -> seen.set(options.build()));
      return requireNonNull(seen.get(), "options");
    }

    private static double within(double value, double max, String option) {
      if (!(value >= 0 && value <= max)) {
        throw new IllegalArgumentException(
            option + " is " + value + "; it must be between 0 and " + (int) max);
      }
      return value;
    }
  }
}
