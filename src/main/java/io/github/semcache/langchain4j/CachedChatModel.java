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
import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallDriver;
import io.github.semcache.chat.ModelObserver;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.QuestionFinder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gives any chat model of LangChain4j a cache. It stands wherever the model stands, in {@code
 * AiServices} for one.
 *
 * <pre>{@code
 * ChatModel cached = CachedChatModel.wrap(model, cache);
 * StreamingChatModel streaming = CachedChatModel.wrap(streamingModel, cache);
 * }</pre>
 *
 * <p>The text of the last user message is compared by meaning; of texts that other contents stand
 * between, the last; of messages with retrieved passages, what {@link Builder#question} says.
 * Everything else must be equal: all other messages, images and other contents, the model's
 * provider and name, and all parameters of the request together with the model's defaults, tools
 * and response format included. A blocking and a streaming model of one name share their entries.
 * What only the model's builder knows, such as the address of the service or a strict schema, is
 * not among the parameters: models that are built differently and share a cache need {@linkplain
 * Builder#modelName names} of their own.
 *
 * <p>Parameters count as their {@code toString} shows them; those of a class with fields of its own
 * and without a {@code toString} of its own make the request pass by. Entries outlive the process
 * only for as long as that text stays the same: maps from {@code Map.of} may come in another order
 * in the next one.
 *
 * <p>A hit gives back the message with its thinking and attributes (a message with an attribute
 * that JSON would give another type is not kept), the id, the model's name, the token usage and the
 * finish reason; what a provider's own subclass of the metadata or the usage adds is not kept.
 * Answers that did not end with {@code STOP} and calls of tools are not kept unless the cache's
 * {@link io.github.semcache.chat.Admission} says so. What the model throws reaches the caller as it
 * is. The model's listeners are told of its own calls, not of hits. Requests without a text of the
 * user, and those that cannot be written down, pass by the cache; so do the methods of a streaming
 * model that give a {@code Publisher}.
 *
 * <p>Safe for use by many threads if the model is. Neither model nor cache is closed here.
 */
public final class CachedChatModel implements ChatModel {
  private final ChatModel model;
  private final SemanticCache cache;
  private final ChatRequests requests;
  private final ModelObserver observer;

  private CachedChatModel(
      ChatModel model, SemanticCache cache, ChatRequests requests, ModelObserver observer) {
    this.model = model;
    this.cache = cache;
    this.requests = requests;
    this.observer = observer;
  }

  /**
   * Gives a model a cache.
   *
   * @param model the model
   * @param cache the cache; needs no chat client of its own
   * @return a model that answers from the cache where it can
   * @throws IllegalArgumentException if the model's default parameters do not tell its name
   */
  public static ChatModel wrap(ChatModel model, SemanticCache cache) {
    return builder(cache).build(model);
  }

  /**
   * Gives a streaming model a cache. Lookups run on the cache's {@linkplain SemanticCache#executor
   * executor}, and so does the handler of a hit, which gets the answer in one piece. Of calls that
   * ask the same at once, the later ones get the answer when it is whole. A stream that is
   * cancelled is not kept.
   *
   * @param model the model; only its handler methods are cached
   * @param cache the cache; needs no chat client of its own
   * @return a model that answers from the cache where it can
   * @throws IllegalArgumentException if the model's default parameters do not tell its name
   */
  public static StreamingChatModel wrap(StreamingChatModel model, SemanticCache cache) {
    return builder(cache).build(model);
  }

  /**
   * Starts with other options.
   *
   * @param cache the cache; needs no chat client of its own
   * @return a builder
   */
  public static Builder builder(SemanticCache cache) {
    return new Builder(cache);
  }

  @Override
  public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
    Optional<ChatRequests.Question> question = question(request);
    if (question.isEmpty()) {
      return model.chat(request, options);
    }
    BlockingChat call =
        new BlockingChat(() -> model.chat(request, options), question.get(), observer);
    try {
      Answer answer = cache.ask(question.get().prompt(), call);
      return call.response().orElseGet(() -> ChatResponses.response(answer.reply()));
    } catch (UncacheableResponseException e) {
      return call.response().orElseGet(() -> model.chat(request, options));
    } catch (IllegalStateException e) {
      if (cache.isClosed() && !call.wasMade()) {
        return model.chat(request, options);
      }
      throw e;
    }
  }

  private Optional<ChatRequests.Question> question(ChatRequest request) {
    return cache.isClosed() ? Optional.empty() : requests.question(request);
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    return chat(request);
  }

  @Override
  public CompletableFuture<ChatResponse> chatAsync(
      ChatRequest request, ChatRequestOptions options) {
    Optional<ChatRequests.Question> question = question(request);
    if (question.isEmpty()) {
      return model.chatAsync(request, options);
    }
    AsyncChat chat = new AsyncChat(model, cache, request, options, question.get(), observer);
    return CallDriver.runAsync(cache, chat);
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

  /** The options of cached models. Not safe for use by many threads. */
  public static final class Builder {
    private final SemanticCache cache;
    private Optional<String> modelName = Optional.empty();
    private BiFunction<ChatRequest, Prompt, Prompt> prompts = (request, prompt) -> prompt;
    private QuestionFinder question = QuestionFinder.whole();
    private ModelObserver observer = ModelObserver.none();

    private Builder(SemanticCache cache) {
      this.cache = requireNonNull(cache, "cache");
    }

    /**
     * Names the model in the scope; needed where the model's default parameters do not. Models that
     * may answer differently need different names.
     *
     * @param modelName any name; not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank
     */
    public Builder modelName(String modelName) {
      if (requireNonNull(modelName, "modelName").isBlank()) {
        throw new IllegalArgumentException("modelName is blank; it must not be");
      }
      this.modelName = Optional.of(modelName);
      return this;
    }

    /**
     * Sets what the cache may do with each request: adds tags, a time to live and so on. Unless it
     * says otherwise, a request waits a minute at most for another one's answer.
     *
     * @param prompts from a request and its prompt to the prompt with its options; called from many
     *     threads at once. What it throws reaches the caller
     * @return this builder
     */
    public Builder prompts(BiFunction<ChatRequest, Prompt, Prompt> prompts) {
      this.prompts = requireNonNull(prompts, "prompts");
      return this;
    }

    /**
     * Names the question in a message that also holds something else, such as retrieved passages:
     * only the question is compared by meaning, the rest of the message must be equal.
     *
     * <pre>{@code
     * // the template of LangChain4j's DefaultContentInjector
     * builder.question(QuestionFinder.before("\n\nAnswer using the following information:\n"))
     * }</pre>
     *
     * @param question finds it; {@link QuestionFinder#whole} unless set
     * @return this builder
     */
    public Builder question(QuestionFinder question) {
      this.question = requireNonNull(question, "question");
      return this;
    }

    /**
     * Lets the calls of the model be seen, for example by {@link
     * io.github.semcache.micrometer.CacheObservations#modelCalls}: those that the cache could not
     * answer. One that several callers wait for is one call, of the first of them.
     *
     * @param observer sees them; {@link ModelObserver#none} unless set
     * @return this builder
     */
    public Builder observer(ModelObserver observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    /**
     * Gives a model the cache.
     *
     * @param model the model
     * @return a model that answers from the cache where it can
     * @throws IllegalArgumentException if neither {@link #modelName} nor the model's default
     *     parameters tell its name
     */
    public ChatModel build(ChatModel model) {
      return new CachedChatModel(
          model, cache, requests(model.provider(), model.defaultRequestParameters()), observer);
    }

    /**
     * Gives a streaming model the cache.
     *
     * @param model the model
     * @return a model that answers from the cache where it can
     * @throws IllegalArgumentException if neither {@link #modelName} nor the model's default
     *     parameters tell its name
     */
    public StreamingChatModel build(StreamingChatModel model) {
      return new CachedStreamingModel(
          model, cache, requests(model.provider(), model.defaultRequestParameters()), observer);
    }

    private ChatRequests requests(ModelProvider provider, ChatRequestParameters defaults) {
      @Nullable String ofModel = defaults.modelName();
      String name =
          modelName
              .or(() -> Optional.ofNullable(ofModel))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "modelName is missing; the model's default parameters do not tell it"));
      return new ChatRequests(name, provider, defaults, prompts, question, cache::adapterFailed);
    }
  }
}
