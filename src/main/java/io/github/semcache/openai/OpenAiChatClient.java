package io.github.semcache.openai;

import static io.github.semcache.openai.OptionChecks.notBlank;
import static io.github.semcache.openai.OptionChecks.positive;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.StreamingChatClient;
import io.github.semcache.prompt.Message;
import io.github.semcache.prompt.Prompt;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Asks OpenAI's chat models, or those of any service that speaks the same protocol at the client's
 * base URL, by its chat completions.
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
 * <p>Every option is one of the {@link #settings}, so an answer given under other options is never
 * reused. So is the client's base URL, because two services may serve different models under one
 * name; {@link Builder#endpoint} replaces it for a service that is reached at several addresses.
 *
 * <p>Immutable and safe for use by many threads. {@link #chat} blocks on the network; retries and
 * time limits are the client's own. The client stays the caller's: it is never closed here.
 */
public final class OpenAiChatClient implements StreamingChatClient {
  private final OpenAIClient client;
  private final String model;
  private final Optional<String> system;
  private final Map<String, JsonValue> body;
  private final Map<String, String> settings;

  private OpenAiChatClient(Builder builder) {
    this.client = builder.client;
    this.model = builder.model;
    this.system = builder.system;
    this.body = Collections.unmodifiableSortedMap(new TreeMap<>(builder.body));
    this.settings = Collections.unmodifiableSortedMap(builder.settings());
  }

  /**
   * A client for {@code gpt-4o-mini} with the service's own defaults.
   *
   * @param client the client to call the service with
   * @return the chat client
   */
  public static OpenAiChatClient of(OpenAIClient client) {
    return builder(client).build();
  }

  /**
   * Starts a chat client with other options.
   *
   * @param client the client to call the service with
   * @return a builder
   */
  public static Builder builder(OpenAIClient client) {
    return new Builder(client);
  }

  /**
   * Asks the model: the system text, then the earlier messages, then the prompt's text as the
   * user's message. A refusal's words are the reply's text.
   *
   * @throws IllegalArgumentException if an earlier message has another role than {@code user},
   *     {@code assistant}, {@code system} or {@code developer}
   * @throws com.openai.errors.OpenAIException as openai-java throws it; an {@link
   *     com.openai.errors.OpenAIInvalidDataException} if the reply has no choices. A thread that
   *     was interrupted between two attempts gets an {@link com.openai.errors.OpenAIIoException}
   *     and keeps its interrupt flag
   */
  @Override
  public ChatReply chat(Prompt prompt) {
    ChatCompletionCreateParams params = params(prompt);
    return CompletionReader.read(OpenAiCall.run(() -> client.chat().completions().create(params)));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Asks for the usage to be streamed as well ({@code stream_options.include_usage}).
   *
   * @throws IllegalArgumentException as {@link #chat(Prompt)} does
   * @throws com.openai.errors.OpenAIException as openai-java throws it; an {@link
   *     com.openai.errors.OpenAIInvalidDataException} if the stream ends before the answer does
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
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params)) {
      chunks.stream().map(whole::accumulate).forEach(chunk -> textOf(chunk).ifPresent(onText));
    }
    try {
      return CompletionReader.read(whole.chatCompletion());
    } catch (IllegalStateException e) {
      throw new OpenAIInvalidDataException("the stream ended before the answer did", e);
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

  private static void add(Message message, ChatCompletionCreateParams.Builder params) {
    switch (message.role()) {
      case "user" -> params.addUserMessage(message.text());
      case "assistant" -> params.addAssistantMessage(message.text());
      case "system" -> params.addSystemMessage(message.text());
      case "developer" -> params.addDeveloperMessage(message.text());
      default ->
          throw new IllegalArgumentException(
              "role of an earlier message is "
                  + message.role()
                  + "; it must be user, assistant, system or developer");
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>{@code endpoint} and {@code model} always; {@code system} where there is one; and every
   * property of the request's body that was set, as JSON with sorted keys.
   */
  @Override
  public Map<String, String> settings() {
    return settings;
  }

  /** The options of an {@link OpenAiChatClient}. Not safe for use by many threads. */
  public static final class Builder {
    private static final Set<String> RESERVED =
        Set.of("endpoint", "messages", "model", "n", "stream", "stream_options", "system");

    private static final ObjectWriter CANONICAL =
        JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build().writer();

    private final OpenAIClient client;
    private final SortedMap<String, JsonValue> body = new TreeMap<>();
    private String model = "gpt-4o-mini";
    private Optional<String> system = Optional.empty();
    private Optional<String> endpoint = Optional.empty();

    private Builder(OpenAIClient client) {
      this.client = requireNonNull(client, "client");
    }

    /**
     * The model to ask; {@code gpt-4o-mini} unless set.
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
     * The system text of prompts that have none of their own; none unless set.
     *
     * @param system not blank
     * @return this builder
     * @throws IllegalArgumentException if the text is blank
     */
    public Builder system(String system) {
      this.system = Optional.of(notBlank(system, "system"));
      return this;
    }

    /**
     * How freely the model chooses its words ({@code temperature}); the service's default unless
     * set.
     *
     * @param temperature 0 to 2
     * @return this builder
     * @throws IllegalArgumentException if the number is outside these bounds
     */
    public Builder temperature(double temperature) {
      return setting("temperature", within(temperature, 2, "temperature"));
    }

    /**
     * The share of likely tokens that the model chooses from ({@code top_p}); the service's default
     * unless set.
     *
     * @param topP 0 to 1
     * @return this builder
     * @throws IllegalArgumentException if the number is outside these bounds
     */
    public Builder topP(double topP) {
      return setting("top_p", within(topP, 1, "topP"));
    }

    /**
     * The most tokens of an answer ({@code max_completion_tokens}); the service's default unless
     * set. For services that know only {@code max_tokens}, see {@link #setting}.
     *
     * @param maxCompletionTokens at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxCompletionTokens(int maxCompletionTokens) {
      return setting("max_completion_tokens", positive(maxCompletionTokens, "maxCompletionTokens"));
    }

    /**
     * The seed of the model's choices ({@code seed}); none unless set.
     *
     * @param seed any number
     * @return this builder
     */
    public Builder seed(long seed) {
      return setting("seed", seed);
    }

    /**
     * Sets any other property of the request's body, in place of an earlier value. The value is
     * read once, now.
     *
     * @param name the property's name in the service's protocol, for example {@code
     *     reasoning_effort}; not blank
     * @param value a string, number, boolean, list, map, a {@link JsonValue}, or an object that
     *     openai-java can write as JSON
     * @return this builder
     * @throws IllegalArgumentException if the name is blank; if the property has an option of its
     *     own ({@code model}, {@code system}, {@code endpoint}) or would change the shape of the
     *     reply ({@code messages}, {@code n}, {@code stream}, {@code stream_options}); or if the
     *     value cannot be written as JSON
     */
    public Builder setting(String name, Object value) {
      if (RESERVED.contains(notBlank(name, "name"))) {
        throw new IllegalArgumentException(
            "setting " + name + " is reserved; it is an option of its own or cannot be set");
      }
      body.put(name, JsonValue.from(requireNonNull(value, "value")));
      return this;
    }

    /**
     * Names the service in the {@link OpenAiChatClient#settings settings}, in place of the client's
     * base URL. Caches that shall share answers although they reach the service at different
     * addresses give the same name.
     *
     * @param endpoint any name; not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank
     */
    public Builder endpoint(String endpoint) {
      this.endpoint = Optional.of(notBlank(endpoint, "endpoint"));
      return this;
    }

    /**
     * Makes the chat client.
     *
     * @return a client with these options
     */
    public OpenAiChatClient build() {
      return new OpenAiChatClient(this);
    }

    private SortedMap<String, String> settings() {
      SortedMap<String, String> settings = new TreeMap<>();
      settings.put("endpoint", endpoint.orElseGet(this::baseUrl));
      settings.put("model", model);
      system.ifPresent(text -> settings.put("system", text));
      body.forEach((name, value) -> settings.put(name, canonical(value)));
      return settings;
    }

    /** A client shows its options only to those who derive another client from it. */
    private String baseUrl() {
      StringBuilder baseUrl = new StringBuilder();
      client.withOptions(options -> baseUrl.append(options.build().baseUrl()));
      return baseUrl.toString();
    }

    private static String canonical(JsonValue value) {
      try {
        return CANONICAL.writeValueAsString(value.convert(JsonNode.class));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a JSON value could not be written", e);
      }
    }

    private static double within(double value, double max, String option) {
      if (!(value >= 0 && value <= max)) {
        throw new IllegalArgumentException(
            option + " is " + value + "; it must be 0 to " + (int) max);
      }
      return value;
    }
  }
}
