package io.github.semcache.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallDriver;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.internal.text.CredentialHash;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.QuestionFinder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Adds a cache to a chat model of LangChain4j. The returned model can be used wherever the original
 * one can, for example in {@code AiServices}.
 *
 * <pre>{@code
 * ChatModel cached = CachedChatModel.wrap(model, cache);
 * StreamingChatModel streaming = CachedChatModel.wrap(streamingModel, cache);
 * }</pre>
 *
 * <p><b>Prompt.</b> The text of the last user message is compared by meaning. If images or other
 * content separate several texts in that message, the last text that is not blank is used. {@link
 * Builder#question} selects a part of the text, for messages that contain retrieved passages.
 *
 * <p><b>Scope.</b> Everything else in a request must be equal: all other messages, images and other
 * content, the model's provider and name, and all request parameters merged with the model's
 * defaults, including tools and response format. A blocking and a streaming model with the same
 * name use the same entries. Configuration that is set only on the model's builder, such as the
 * base URL or a strict schema, is not part of the request: models that are configured differently
 * and use the same cache need different {@linkplain Builder#modelName names}.
 *
 * <p>Parameters are compared field by field. The order of maps does not matter, except for the
 * properties of a schema. A request is not cached if its parameters contain a function, or objects
 * of a module that does not open their package.
 *
 * <p>API keys are not part of the request either, and a model does not expose them: models with
 * different keys share answers unless their {@linkplain Builder#credentials credentials} differ.
 *
 * <p><b>Hits.</b> A hit returns the message with its thinking, tool requests, and attributes, and
 * the metadata and the token usage in the classes of the provider. The copies of the HTTP response
 * that the metadata of OpenAI contains are lost. The message has the additional attributes {@link
 * #ENTRY} and {@link #SOURCE}. A response is not stored if it has an attribute whose type JSON does
 * not preserve, or metadata of a class without a builder. The model's listeners are notified of
 * calls to the model, not of hits.
 *
 * <p><b>What is not cached.</b> Unless the cache's {@link
 * io.github.semcache.chat.ChatReply.Admission} overrides this, responses are not stored if they are
 * incomplete, request tool calls, depend on live data such as a web search, or do not have the
 * requested JSON format. A response without a finish reason is complete unless it has the maximum
 * number of output tokens. The format is that of the response format, or of the instructions that
 * {@code AiServices} adds to the user message. Requests without user text go directly to the model,
 * and so do the methods of a streaming model that return a {@code Publisher}. Requests and
 * responses that cannot be serialized are not cached either; they are counted in {@link
 * io.github.semcache.stats.CacheStats#adapterErrors}.
 *
 * <p>Exceptions of the model reach the caller unwrapped. A closed cache is bypassed.
 *
 * <p>Thread-safe if the model is thread-safe. This class closes neither the model nor the cache.
 */
public final class CachedChatModel implements ChatModel {
  /**
   * The attribute of a message from the cache that contains the id of its entry, for {@link
   * io.github.semcache.SemanticCache#reportWrong(String, String)}.
   *
   * <pre>{@code
   * String entryId = response.aiMessage().attribute(CachedChatModel.ENTRY, String.class);
   * }</pre>
   */
  public static final String ENTRY = "semcache_entry";

  /**
   * The attribute of a message from the cache that contains its source: {@code exact} or {@code
   * semantic}. Messages of the model do not have it. Its tokens were not billed again.
   */
  public static final String SOURCE = "semcache_source";

  /**
   * The attribute of a message from the cache that contains the {@linkplain
   * io.github.semcache.prompt.Labels labels} of its entry: a {@code Map<String, Object>} of texts
   * and {@code Double} numbers. Absent if the entry has no labels.
   */
  public static final String LABELS = "semcache_labels";

  private final ChatModel model;
  private final SemanticCache cache;
  private final ChatRequestParser parser;
  private final ChatResponseCodec codec;
  private final ChatClient.Observer observer;

  private CachedChatModel(
      ChatModel model,
      SemanticCache cache,
      ChatRequestParser parser,
      ChatResponseCodec codec,
      ChatClient.Observer observer) {
    this.model = model;
    this.cache = cache;
    this.parser = parser;
    this.codec = codec;
    this.observer = observer;
  }

  /**
   * Adds a cache to a model.
   *
   * @param model the model
   * @param cache the cache; it does not need a chat client
   * @return a model that answers from the cache if possible
   * @throws IllegalArgumentException if the model's default parameters contain no model name
   * @throws IllegalStateException if langchain4j-core is older than 1.13
   */
  public static ChatModel wrap(ChatModel model, SemanticCache cache) {
    return builder(cache).build(model);
  }

  /**
   * Adds a cache to a streaming model. Lookups run on the cache's {@linkplain
   * SemanticCache#executor executor}. On a hit, the handler is called on that executor and receives
   * the answer in one piece. If the same request is made concurrently, the first call streams; the
   * others receive the response when it is complete. A cancelled stream is not stored.
   *
   * @param model the model; only the methods that take a handler are cached
   * @param cache the cache; it does not need a chat client
   * @return a model that answers from the cache if possible
   * @throws IllegalArgumentException if the model's default parameters contain no model name
   * @throws IllegalStateException if langchain4j-core is older than 1.13
   */
  public static StreamingChatModel wrap(StreamingChatModel model, SemanticCache cache) {
    return builder(cache).build(model);
  }

  /**
   * Returns a builder with the default options.
   *
   * @param cache the cache; it does not need a chat client
   * @return a builder
   */
  public static Builder builder(SemanticCache cache) {
    return new Builder(cache);
  }

  @Override
  public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
    return parse(request)
        .map(
            cacheable ->
                CallDriver.run(
                    cache,
                    new BlockingChat(model, cache, codec, request, options, cacheable, observer)))
        .orElseGet(() -> model.chat(request, options));
  }

  private Optional<CacheableRequest> parse(ChatRequest request) {
    return cache.isClosed() ? Optional.empty() : parser.parse(request);
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    return chat(request);
  }

  @Override
  public CompletableFuture<ChatResponse> chatAsync(
      ChatRequest request, ChatRequestOptions options) {
    return parse(request)
        .map(
            cacheable ->
                CallDriver.runAsync(
                    cache,
                    new AsyncChat(model, cache, codec, request, options, cacheable, observer)))
        .orElseGet(() -> model.chatAsync(request, options));
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return model.defaultRequestParameters();
  }

  @Override
  public List<ChatModelListener> listeners() {
    return model.listeners();
  }

  @Override
  public ModelProvider provider() {
    return model.provider();
  }

  @Override
  public Set<Capability> supportedCapabilities() {
    return model.supportedCapabilities();
  }

  /** Builds cached models. Not thread-safe. */
  public static final class Builder {
    private final SemanticCache cache;
    private Optional<String> modelName = Optional.empty();
    private Optional<String> credentials = Optional.empty();
    private BiFunction<ChatRequest, Prompt, Prompt> prompts = (request, prompt) -> prompt;
    private QuestionFinder question = QuestionFinder.templates();
    private Optional<UnaryOperator<Prompt.Message>> messages = Optional.empty();
    private ChatClient.Observer observer = ChatClient.Observer.none();

    private Builder(SemanticCache cache) {
      this.cache = requireNonNull(cache, "cache");
    }

    /**
     * Sets the name of the model in the scope. Required if the model's default parameters contain
     * no model name. Models that may answer differently need different names.
     *
     * @param modelName the name; not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank
     */
    public Builder modelName(String modelName) {
      if (requireNonNull(modelName, "modelName").isBlank()) {
        throw new IllegalArgumentException("modelName is blank; it must not be blank");
      }
      this.modelName = Optional.of(modelName);
      return this;
    }

    /**
     * Sets the credentials of the model, so that answers are only shared by models with the same
     * credentials. A SHA-256 hash of them becomes part of the scope; they are not stored. A model
     * does not expose its API key, so without this option models with different keys share answers.
     *
     * @param secrets the API key, or any other values that identify the account; at least one, none
     *     blank
     * @return this builder
     * @throws IllegalArgumentException if there is no value, or one is blank
     */
    public Builder credentials(String... secrets) {
      List<String> values = List.of(secrets);
      if (values.isEmpty() || values.stream().anyMatch(String::isBlank)) {
        throw new IllegalArgumentException(
            "credentials has no value or a blank one; it must have a value that is not blank");
      }
      this.credentials = Optional.of(CredentialHash.of(values));
      return this;
    }

    /**
     * Sets a function that adds options to the prompt of each request: tags, labels, a filter of
     * cached answers, a time to live, and so on.
     *
     * @param prompts returns the prompt to use for a request; called concurrently by many threads.
     *     Its exceptions reach the caller
     * @return this builder
     */
    public Builder prompts(BiFunction<ChatRequest, Prompt, Prompt> prompts) {
      this.prompts = requireNonNull(prompts, "prompts");
      return this;
    }

    /**
     * Sets how the question is found in a user message that also contains other text, such as
     * retrieved passages. Only the question is compared by meaning; the rest of the message must be
     * equal. If the finder throws, or returns a text that is blank or not part of the message, the
     * request is not cached.
     *
     * <pre>{@code
     * builder.question(QuestionFinder.after("\n\nMy question: "))
     * }</pre>
     *
     * @param question finds the question; the default is {@link QuestionFinder#templates}, which
     *     knows the templates of LangChain4j and Spring AI
     * @return this builder
     */
    public Builder question(QuestionFinder question) {
      this.question = requireNonNull(question, "question");
      return this;
    }

    /**
     * Sets a function that normalizes the texts of the scope: system messages, and the earlier
     * messages of the user and the model. Use it for texts that contain a clock, a request id, or a
     * user name: as long as each request has another system message, no request is a hit. {@link
     * io.github.semcache.stats.CacheStats#singleUseScopeRate} shows such a case. The model receives
     * the request unmodified.
     *
     * <pre>{@code
     * builder.normalizeMessages(
     *     message ->
     *         new Prompt.Message(message.role(), message.text().replaceAll("Current time: .*", "")))
     * }</pre>
     *
     * <p>Remove only what does not change answers: two requests that differ only in the removed
     * text share an answer.
     *
     * @param messages returns the message to compare; its role is ignored. Called concurrently by
     *     many threads. If it throws, the request is not cached, and is counted in {@link
     *     io.github.semcache.stats.CacheStats#adapterErrors}
     * @return this builder
     */
    public Builder normalizeMessages(UnaryOperator<Prompt.Message> messages) {
      this.messages = Optional.of(requireNonNull(messages, "messages"));
      return this;
    }

    /**
     * Sets an observer of the calls to the model, that is, of the requests that the cache could not
     * answer. See {@link io.github.semcache.micrometer.CacheObservations#modelCalls}. Coalesced
     * calls are observed once, as a call of the first caller.
     *
     * @param observer the observer; the default is {@link ChatClient.Observer#none}
     * @return this builder
     */
    public Builder observer(ChatClient.Observer observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    /**
     * Adds the cache to a model.
     *
     * @param model the model
     * @return a model that answers from the cache if possible
     * @throws IllegalArgumentException if neither {@link #modelName} nor the model's default
     *     parameters contain a model name
     * @throws IllegalStateException if langchain4j-core is older than 1.13
     */
    public ChatModel build(ChatModel model) {
      CoreVersion.check();
      return new CachedChatModel(
          model,
          cache,
          parser(model.provider(), model.defaultRequestParameters()),
          new ChatResponseCodec(cache::adapterFailed),
          observer);
    }

    /**
     * Adds the cache to a streaming model.
     *
     * @param model the model
     * @return a model that answers from the cache if possible
     * @throws IllegalArgumentException if neither {@link #modelName} nor the model's default
     *     parameters contain a model name
     * @throws IllegalStateException if langchain4j-core is older than 1.13
     */
    public StreamingChatModel build(StreamingChatModel model) {
      CoreVersion.check();
      return new CachedStreamingModel(
          model,
          cache,
          parser(model.provider(), model.defaultRequestParameters()),
          new ChatResponseCodec(cache::adapterFailed),
          observer);
    }

    private ChatRequestParser parser(ModelProvider provider, ChatRequestParameters defaults) {
      @Nullable String defaultName = defaults.modelName();
      String name =
          modelName
              .or(() -> Optional.ofNullable(defaultName))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "modelName is missing; it must be set if the model's default parameters"
                              + " contain no model name"));
      return new ChatRequestParser(
          name,
          provider,
          credentials,
          defaults,
          prompts,
          question,
          new ScopeMessages(messages),
          cache::adapterFailed);
    }
  }
}
