package io.github.semcache.openai.proxy;

import static java.util.Objects.requireNonNull;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientAsync;
import com.openai.core.ClientOptions;
import com.openai.core.LogLevel;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.QuestionFinder;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * Wraps openai-java clients, so that they answer from a cache. The code that uses the client does
 * not change.
 *
 * <pre>{@code
 * OpenAIClient cached = CachedOpenAi.wrap(client, cache);
 * }</pre>
 *
 * <p>The cache is used for chat completions and responses: blocking, asynchronous, and as blocking
 * or asynchronous streams. An entry serves all of these calls. All other requests are passed
 * through, embeddings included unless {@link Builder#embeddings} is set.
 *
 * <ul>
 *   <li><b>Scope.</b> The text of the last user message is compared by meaning. If images or files
 *       separate its texts, only the text after the last of them is. If the message contains
 *       retrieved passages, {@link Builder#question} selects the question. All other fields of the
 *       request body must be equal: the model, the system text, earlier messages, images, tools,
 *       the response format, the temperature, and so on, including unknown fields. The order of
 *       keys matters only in the properties of a schema. The base URL, the path, the query, and the
 *       headers {@code OpenAI-Organization} and {@code OpenAI-Project} must be equal too, and so
 *       must the credentials unless {@link Builder#shareAcrossCredentials} is set. {@link
 *       Builder#normalizeMessages} removes volatile texts from the scope. These fields are ignored:
 *       {@code metadata}, {@code prompt_cache_key}, {@code prompt_cache_options}, {@code
 *       prompt_cache_retention}, {@code safety_identifier}, {@code service_tier}, {@code stream},
 *       {@code stream_options}, {@code user}, and, for chat completions, {@code store}.
 *   <li><b>Requests that bypass the cache.</b> Requests without a user text, requests whose answer
 *       the service stores (responses without {@code store: false}, unless {@link
 *       Builder#cacheStoredAnswers} is set), responses with a {@code previous_response_id} or a
 *       {@code conversation}, and background responses.
 *   <li><b>Hits.</b> A hit returns what the model returned, with the same id, usage, and unknown
 *       fields, and the additional field {@link CacheControl#HIT}. Fields that the service echoes,
 *       such as the {@code metadata} of a response, are taken from the current request. A stream
 *       contains the usage if the request asks for it; see {@link Builder#usageOfStreams}. The raw
 *       response has the header {@link CacheControl#SOURCE}.
 *   <li><b>What is stored.</b> Complete answers that have one choice and a text and are neither
 *       refusals nor tool calls. Answers to requests for JSON must conform to the schema. Answers
 *       from live data (web search, file search, code interpreter, MCP, computer use) are not
 *       stored. The {@link io.github.semcache.chat.ChatReply.Admission} of the cache can override
 *       these rules. A stream is stored when its terminal marker arrives, and only once for all of
 *       its readers. A stream that is closed before is not stored.
 *   <li><b>Failures.</b> An error of the model is returned unchanged after the retries of the
 *       client, also to the calls that wait for the same answer. Errors that are specific to one
 *       caller are the exception: for statuses 401, 402, 403, 404, 408, and 429, timeouts, and
 *       interrupts, one of the waiting calls calls the model itself. Failures of the cache do not
 *       fail the call, unless the cache was built with {@code failOnCacheErrors}. A closed cache is
 *       bypassed. Requests and responses that cannot be parsed, and a {@link QuestionFinder} that
 *       throws, are counted as {@link io.github.semcache.stats.CacheStats#adapterErrors
 *       adapterErrors}.
 *   <li><b>Coalescing.</b> If clients with the same number of retries send the same new request
 *       concurrently, only one of them calls the model. Calls with the same timeouts share a stream
 *       while it arrives; it ends with the timeout of the first call. A call waits for the start of
 *       another call's answer for at most its own request timeout.
 *   <li><b>Streams.</b> Events are forwarded as they arrive. The end of the stream is delivered
 *       after the answer is stored, so that the next call of the same caller finds it.
 * </ul>
 *
 * <p>{@link CacheControl} changes the behavior for single calls. The wrapped client shares
 * connections and options with the given one. Closing it closes neither the given client nor the
 * cache, but it does close websockets and a request authenticator or workload identity, which both
 * clients share.
 *
 * <p>Configure retries, logging, and authentication before wrapping. If a client that is derived
 * from the wrapped one sets {@code maxRetries} or {@code logLevel}, these settings also apply above
 * the cache: each of its attempts is a call that includes all attempts of the wrapped client.
 * Request authenticators and workload identities are applied above and below the cache, so they are
 * called for hits too.
 *
 * <p>This class is immutable and thread-safe.
 */
public final class CachedOpenAi {
  private final SemanticCache cache;
  private final RequestReader reader;
  private final StreamUsage usage;
  private final ChatClient.Observer observer;
  private final Optional<EmbeddingResponseCache> embeddings;

  private CachedOpenAi(Builder builder) {
    this.cache = builder.cache;
    this.reader =
        new RequestReader(
            new ReadOptions(
                builder.endpoint,
                ReadOptions.scopeHeaders(builder.scopeHeaders, builder.sharesAcrossCredentials),
                Set.copyOf(builder.ignoredFields),
                new MessageTexts(builder.messages),
                builder.question,
                builder.cachesStoredAnswers,
                builder.marksHits),
            cache.maxWait(),
            cache::adapterFailed);
    this.usage = new StreamUsage(builder.usageOfStreams, cache::adapterFailed);
    this.observer = builder.observer;
    this.embeddings = builder.embeddings;
  }

  /**
   * Wraps a client with the default options.
   *
   * @param client the client, which remains usable without the cache
   * @param cache the cache; it does not need a chat client
   * @return a client that answers from the cache
   */
  public static OpenAIClient wrap(OpenAIClient client, SemanticCache cache) {
    return builder(cache).build().wrap(client);
  }

  /**
   * Wraps an asynchronous client with the default options. Lookups run on the {@linkplain
   * SemanticCache#executor executor} of the cache. No thread is held while the model is called.
   *
   * @param client the client, which remains usable without the cache
   * @param cache the cache; it does not need a chat client
   * @return a client that answers from the cache
   */
  public static OpenAIClientAsync wrap(OpenAIClientAsync client, SemanticCache cache) {
    return builder(cache).build().wrap(client);
  }

  /**
   * Returns a builder.
   *
   * @param cache the cache; it does not need a chat client
   * @return a builder
   */
  public static Builder builder(SemanticCache cache) {
    return new Builder(cache);
  }

  /**
   * Wraps a client.
   *
   * @param client the client, which remains usable without the cache
   * @return a client that answers from the cache
   */
  public OpenAIClient wrap(OpenAIClient client) {
    return client.withOptions(this::configure);
  }

  /**
   * Wraps an asynchronous client.
   *
   * @param client the client, which remains usable without the cache
   * @return a client that answers from the cache
   */
  public OpenAIClientAsync wrap(OpenAIClientAsync client) {
    return client.withOptions(this::configure);
  }

  /**
   * Places the cache above the client's retries and logging. A client closes its executor, if that
   * is a service, and its sleeper; so the wrapped client receives delegates of both.
   */
  private void configure(ClientOptions.Builder options) {
    ClientOptions client = options.build();
    Executor streams = client.streamHandlerExecutor();
    options
        .httpClient(
            new CachingHttpClient(
                client.httpClient(),
                reader,
                cache,
                client.maxRetries(),
                usage,
                observer,
                embeddings))
        .streamHandlerExecutor(task -> streams.execute(task))
        .sleeper(new UnclosableSleeper(client.sleeper()))
        .maxRetries(0)
        .logLevel(LogLevel.OFF);
  }

  /** A builder of {@link CachedOpenAi}. This class is not thread-safe. */
  public static final class Builder {
    private final SemanticCache cache;
    private final Set<String> scopeHeaders = new TreeSet<>();
    private final Set<String> ignoredFields = new TreeSet<>();
    private Optional<String> endpoint = Optional.empty();
    private boolean sharesAcrossCredentials;
    private boolean cachesStoredAnswers;
    private boolean marksHits = true;
    private Optional<UnaryOperator<Prompt.Message>> messages = Optional.empty();
    private QuestionFinder question = QuestionFinder.templates();
    private boolean usageOfStreams = true;
    private ChatClient.Observer observer = ChatClient.Observer.none();
    private Optional<EmbeddingResponseCache> embeddings = Optional.empty();

    private Builder(SemanticCache cache) {
      this.cache = requireNonNull(cache, "cache");
    }

    /**
     * Sets the name of the service in the scope. The default is the base URL of the client. Use the
     * same name for clients that share answers although they call the service at different
     * addresses.
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
     * Adds a request header to the scope, so that answers are only reused for the same value of the
     * header. Use it for gateways whose headers select the model or the tenant. The header is still
     * sent to the service; stores only contain a hash of it. By default, only {@code
     * OpenAI-Organization}, {@code OpenAI-Project}, and the credentials are part of the scope.
     *
     * @param name the name of the header, in any case; not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank
     */
    public Builder scopeHeader(String name) {
      this.scopeHeaders.add(notBlank(name, "scopeHeader").toLowerCase(Locale.ROOT));
      return this;
    }

    /**
     * Lets clients with different credentials share answers. By default, a hash of the headers
     * {@code Authorization}, {@code api-key}, {@code x-api-key}, and {@code x-goog-api-key} is part
     * of the scope, so a caller receives only answers to requests with the same credentials, and a
     * new key starts with an empty cache.
     *
     * <p>Set this option if all clients of the cache belong to one owner and keys are rotated, and
     * for credentials that change over time, such as those of workload identities and request
     * authenticators. A request with a revoked key can be answered from the cache then. Callers
     * that must not share answers need a {@linkplain CacheControl#tag tag}.
     *
     * @return this builder
     */
    public Builder shareAcrossCredentials() {
      this.sharesAcrossCredentials = true;
      return this;
    }

    /**
     * Caches answers that the service stores too: responses without {@code store: false}, which the
     * service stores by default, and chat completions with {@code store: true}. By default, such
     * requests bypass the cache, because their callers can refer to the answer by its id: two
     * callers would share one stored conversation.
     *
     * <p>With this option, the answers of hits, chat completions included, have an id of their own,
     * which the service does not know: it cannot be used as {@code previous_response_id}, and the
     * answer cannot be retrieved or deleted. Requests with a {@code previous_response_id} always
     * bypass the cache. Concurrent calls are not coalesced. Set the option only if the application
     * does not use the ids of answers.
     *
     * @return this builder
     */
    public Builder cacheStoredAnswers() {
      this.cachesStoredAnswers = true;
      return this;
    }

    /**
     * Sets whether responses say if they are from the cache: by the field {@link CacheControl#HIT}
     * and the response headers of {@link CacheControl}. The default is true. Set it to false if
     * responses are passed on to callers who must not see what others have asked. Such a caller can
     * still recognize a hit: it arrives earlier than an answer of the model, and it has the
     * creation time of the cached answer and, without {@link #cacheStoredAnswers}, its id.
     *
     * @param marksHits whether responses have the field and the headers
     * @return this builder
     */
    public Builder marksHits(boolean marksHits) {
      this.marksHits = marksHits;
      return this;
    }

    /**
     * Sets a function that normalizes the texts of the scope: the system text, and the earlier
     * messages. Use it for texts that contain a clock, a request id, or a user name: as long as
     * each request has another system text, no request is a hit. {@link
     * io.github.semcache.stats.CacheStats#singleUseScopeRate} shows such a case. The request is
     * sent to the service unmodified. The function is not applied to the last message of the user,
     * whose question is compared by meaning.
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
     *     many threads. If it throws, the call bypasses the cache, and is counted as {@link
     *     io.github.semcache.stats.CacheStats#adapterErrors adapterErrors}
     * @return this builder
     */
    public Builder normalizeMessages(UnaryOperator<Prompt.Message> messages) {
      this.messages = Optional.of(requireNonNull(messages, "messages"));
      return this;
    }

    /**
     * Removes a field of the request body from the scope, so that requests with different values
     * share answers. Use it for fields of compatible services that do not change answers, such as
     * request ids. The field is still sent to the service.
     *
     * @param name the name of a field at the top level of the body, other than {@code model},
     *     {@code messages}, and {@code input}; not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank or one of these
     */
    public Builder ignoreField(String name) {
      if (Set.of("model", "messages", "input").contains(notBlank(name, "ignoreField"))) {
        throw new IllegalArgumentException(
            "ignoreField is " + name + "; the model and the messages cannot be ignored");
      }
      this.ignoredFields.add(name);
      return this;
    }

    /**
     * Sets the finder of the question in a message that also contains other text, such as retrieved
     * passages. Only the question is compared by meaning; the rest of the message must be equal.
     * The default is {@link QuestionFinder#templates}, which knows the templates of LangChain4j and
     * Spring AI.
     *
     * <pre>{@code
     * builder.question(QuestionFinder.after("\n\nMy question: "))
     * }</pre>
     *
     * @param question the finder
     * @return this builder
     */
    public Builder question(QuestionFinder question) {
      this.question = requireNonNull(question, "question");
      return this;
    }

    /**
     * Sets whether the token usage of streamed chat completions is requested although the caller
     * does not request it, so that it can be stored in the entry. The caller does not receive it.
     * The default is true.
     *
     * <p>If a service rejects {@code stream_options} with status 400 or 422, the request is sent
     * again without it. The rejection is remembered for the model, and counted once as {@link
     * io.github.semcache.stats.CacheStats#adapterErrors adapterErrors}.
     *
     * @param usageOfStreams whether the usage is requested
     * @return this builder
     */
    public Builder usageOfStreams(boolean usageOfStreams) {
      this.usageOfStreams = usageOfStreams;
      return this;
    }

    /**
     * Sets the observer of the model calls for chat completions and responses, for example {@link
     * io.github.semcache.micrometer.CacheObservations#modelCalls}. Coalesced calls, including
     * shared streams, are observed once, as a call of the first caller. The default is {@link
     * ChatClient.Observer#none}.
     *
     * @param observer the observer
     * @return this builder
     */
    public Builder observer(ChatClient.Observer observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    /**
     * Enables an in-memory cache of embeddings. Embeddings are reused if the text and everything
     * else in the request are equal. If only some texts of a request are cached, only the others
     * are requested, and the usage of the response is theirs. By default, requests for embeddings
     * are passed through.
     *
     * @param maxEntries the maximum number of embeddings; at least 1. The least recently used is
     *     evicted first. An embedding of 1,536 components takes about 8 kB in base64, which
     *     openai-java requests by default, and more than ten times that as numbers
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder embeddings(int maxEntries) {
      if (maxEntries < 1) {
        throw new IllegalArgumentException(
            "embeddings is " + maxEntries + "; it must be at least 1");
      }
      this.embeddings = Optional.of(new EmbeddingResponseCache(maxEntries, cache::adapterFailed));
      return this;
    }

    /**
     * Builds the wrapper.
     *
     * @return a wrapper
     */
    public CachedOpenAi build() {
      return new CachedOpenAi(this);
    }

    private static String notBlank(String value, String option) {
      if (requireNonNull(value, option).isBlank()) {
        throw new IllegalArgumentException(option + " is blank; it must not be");
      }
      return value;
    }
  }
}
