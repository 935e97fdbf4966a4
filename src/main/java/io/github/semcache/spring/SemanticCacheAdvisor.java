package io.github.semcache.spring;

import static java.util.Objects.requireNonNull;

import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallDriver;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.QuestionFinder;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.CallAdvisor;
import org.springframework.ai.chat.client.advisor.api.CallAdvisorChain;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisor;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisorChain;
import org.springframework.core.Ordered;
import reactor.core.publisher.Flux;

/**
 * An advisor of Spring AI that answers the requests of a chat client from a cache. It works with
 * any chat model, for calls and for streams.
 *
 * <pre>{@code
 * ChatClient client =
 *     ChatClient.builder(chatModel).defaultAdvisors(SemanticCacheAdvisor.of(cache)).build();
 * }</pre>
 *
 * <p><b>Prompt.</b> The text of the last user message is compared by meaning. In messages that
 * {@code QuestionAnswerAdvisor} or {@code RetrievalAugmentationAdvisor} created with their default
 * templates, only the question is compared by meaning; {@link Builder#question} supports other
 * templates.
 *
 * <p><b>Scope.</b> Everything else in a request must be equal: all other messages, retrieved
 * passages, images and other media, the chat options with the model's defaults, the definitions of
 * the tools, and the format of structured output. These options are ignored: credentials, time
 * limits and retries, {@code user}, {@code metadata}, {@code store}, {@code serviceTier}, {@code
 * safetyIdentifier}, {@code promptCacheKey}, and stream options. The metadata of messages, the tool
 * context, and the advisor parameters are ignored too. Two models with equal options share their
 * entries.
 *
 * <p><b>Order.</b> The cache must see the request as the model does, so the advisor comes after
 * (inside) advisors that change the request: memory, retrieval, and the tool-calling loop of Spring
 * AI. The {@linkplain #DEFAULT_ORDER default order} does that. Advisors with a higher order than
 * the cache are not called on a hit.
 *
 * <p><b>Hits.</b> A hit has the generations of the model's response with their texts, properties,
 * finish reason, media, and metadata, and the response's id, model, usage, and metadata. Its
 * metadata also has the values {@link #SOURCE}, {@link #ENTRY}, {@link #DISTANCE}, and {@link
 * #LABELS}, which responses of the model do not have. It has no rate limits. A hit of a stream
 * arrives in one piece. The usage of a hit is that of the original call, so do not bill it.
 *
 * <p><b>What is not stored.</b> Unless the cache's {@link
 * io.github.semcache.chat.ChatReply.Admission} overrides this: truncated, filtered, and empty
 * answers, refusals, tool calls, responses with several generations, answers of a model that
 * searches the web, and structured output that is not valid JSON or does not conform to the
 * requested schema. Never stored: streams that were canceled or failed, and responses with values
 * that cannot be read back with their type, which are counted in {@link
 * io.github.semcache.stats.CacheStats#adapterErrors}. Requests without user text bypass the cache.
 *
 * <p>Exceptions of the model reach the caller unwrapped. A closed cache is bypassed. Thread-safe.
 */
public final class SemanticCacheAdvisor implements CallAdvisor, StreamAdvisor {
  /**
   * The default order: after the advisors for memory, tool calls, and retrieval, before the advisor
   * that validates structured output.
   */
  public static final int DEFAULT_ORDER = Ordered.LOWEST_PRECEDENCE - 3_000;

  /**
   * The key of the source in the metadata of a hit: the name of an {@link
   * io.github.semcache.Answer.Source}.
   */
  public static final String SOURCE = "semcache.source";

  /** The key of the entry id in the metadata of a hit. */
  public static final String ENTRY = "semcache.entry";

  /** The key of the cosine distance in the metadata of a hit, a {@code Double} in [0, 2]. */
  public static final String DISTANCE = "semcache.distance";

  /**
   * The key of the {@linkplain io.github.semcache.prompt.Labels labels} in the metadata of a hit, a
   * {@code Map<String, Object>} of texts and {@code Double} numbers. Absent if the entry has no
   * labels.
   */
  public static final String LABELS = "semcache.labels";

  private final SemanticCache cache;
  private final int order;
  private final AdvisedRequestReader reader;
  private final AdvisedReplies replies;

  private SemanticCacheAdvisor(Builder builder) {
    this.cache = builder.cache;
    this.order = builder.order;
    this.reader =
        new AdvisedRequestReader(
            builder.question, builder.normalizer, builder.prompts, cache::adapterFailed);
    this.replies = new AdvisedReplies(cache::adapterFailed);
  }

  /**
   * Returns an advisor with the default options.
   *
   * @param cache the cache; it does not need a chat client
   * @return an advisor
   */
  public static SemanticCacheAdvisor of(SemanticCache cache) {
    return builder(cache).build();
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
  public ChatClientResponse adviseCall(ChatClientRequest request, CallAdvisorChain chain) {
    return read(request)
        .map(
            cacheable ->
                CallDriver.run(cache, new AdvisedCall(cache, replies, request, chain, cacheable)))
        .orElseGet(() -> chain.nextCall(request));
  }

  @Override
  public Flux<ChatClientResponse> adviseStream(
      ChatClientRequest request, StreamAdvisorChain chain) {
    return Flux.defer(
        () ->
            read(request)
                .map(
                    cacheable ->
                        new AdvisedStream(cache, replies, request, chain, cacheable).stream())
                .orElseGet(() -> chain.nextStream(request)));
  }

  private Optional<AdvisedRequest> read(ChatClientRequest request) {
    return cache.isClosed() ? Optional.empty() : reader.read(request);
  }

  @Override
  public String getName() {
    return "semcache";
  }

  @Override
  public int getOrder() {
    return order;
  }

  /** Builds advisors. Not thread-safe. */
  public static final class Builder {
    private final SemanticCache cache;
    private int order = DEFAULT_ORDER;
    private QuestionFinder question = QuestionFinder.templates();
    private UnaryOperator<ChatClientRequest> normalizer = UnaryOperator.identity();
    private BiFunction<ChatClientRequest, Prompt, Prompt> prompts = (request, prompt) -> prompt;

    private Builder(SemanticCache cache) {
      this.cache = requireNonNull(cache, "cache");
    }

    /**
     * Sets the order among the advisors. Advisors with a lower order change the request before the
     * cache sees it.
     *
     * @param order the order; {@link #DEFAULT_ORDER} by default
     * @return this builder
     */
    public Builder order(int order) {
      this.order = order;
      return this;
    }

    /**
     * Sets how the question is found in a user message that also contains other text, such as
     * retrieved passages. Only the question is compared by meaning; the rest of the message must be
     * equal. If the finder throws, or returns a text that is blank or not part of the message, the
     * request is not cached.
     *
     * @param question finds the question; the default is {@link QuestionFinder#templates}, which
     *     knows the templates of Spring AI and LangChain4j
     * @return this builder
     */
    public Builder question(QuestionFinder question) {
      this.question = requireNonNull(question, "question");
      return this;
    }

    /**
     * Sets a function that removes the parts of a request that do not change the answer but differ
     * from call to call, such as the time in a system message. The cache compares the result; the
     * model receives the original request.
     *
     * @param normalizer returns the request to compare; called concurrently by many threads. If it
     *     throws, the request is not cached, and is counted in {@link
     *     io.github.semcache.stats.CacheStats#adapterErrors}
     * @return this builder
     */
    public Builder normalizeRequest(UnaryOperator<ChatClientRequest> normalizer) {
      this.normalizer = requireNonNull(normalizer, "normalizer");
      return this;
    }

    /**
     * Sets a function that adds options to the prompt of each request: tags, labels, a filter of
     * cached answers, a time to live, and so on. They may depend on the {@linkplain
     * ChatClientRequest#context() context} of the request.
     *
     * @param prompts returns the prompt to use for a request; called concurrently by many threads.
     *     Its exceptions reach the caller
     * @return this builder
     */
    public Builder prompts(BiFunction<ChatClientRequest, Prompt, Prompt> prompts) {
      this.prompts = requireNonNull(prompts, "prompts");
      return this;
    }

    /**
     * Builds the advisor.
     *
     * @return an advisor
     */
    public SemanticCacheAdvisor build() {
      return new SemanticCacheAdvisor(this);
    }
  }
}
