package io.github.semcache.openai.proxy;

import static java.util.Objects.requireNonNull;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientAsync;
import com.openai.core.ClientOptions;
import com.openai.core.LogLevel;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ModelObserver;
import io.github.semcache.prompt.QuestionFinder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;

/**
 * Gives an existing openai-java client a cache, without a change to the code that calls it.
 *
 * <pre>{@code
 * OpenAIClient cached = CachedOpenAi.wrap(client, cache);
 * }</pre>
 *
 * <p>Chat completions and responses are answered from the cache where they can be, blocking,
 * asynchronous and as streams of both kinds; one entry serves all of them. Everything else passes
 * through untouched, embeddings included unless {@link Builder#embeddings} says otherwise.
 *
 * <ul>
 *   <li><b>What is compared by meaning</b> is the text of the last message of the user; of texts
 *       that images or files stand between, the last; of messages with retrieved passages, what
 *       {@link Builder#question} says. All other fields of the request's body, unknown ones
 *       included, must be equal in any order of keys: the model, the system text, earlier messages,
 *       images, tools, the response format, the temperature and so on. So must the base URL, the
 *       path, the query, and the headers {@code OpenAI-Organization} and {@code OpenAI-Project}, if
 *       they are sent. API keys need not: those of two projects share answers, and one that was
 *       revoked is still answered, see {@link Builder#scopeHeader}. Ignored are {@code metadata},
 *       {@code prompt_cache_key}, {@code prompt_cache_options}, {@code prompt_cache_retention},
 *       {@code safety_identifier}, {@code service_tier}, {@code stream}, {@code stream_options},
 *       {@code user} and, for chat completions, {@code store}.
 *   <li><b>What passes by the cache:</b> requests whose user says no text; responses with a {@code
 *       conversation}, which grows with each call, and those in the background.
 *   <li><b>What a hit gives back</b> is what the model gave, with the same id, usage and unknown
 *       fields. Only what the service merely repeats, such as the {@code metadata} of a response,
 *       is that of the request at hand. A stream tells its usage if it is asked for; see {@link
 *       Builder#usageOfStreams}. {@link CacheControl#SOURCE} among the headers of the raw response
 *       says where an answer came from.
 *   <li><b>What is not kept,</b> unless the cache's {@link io.github.semcache.chat.Admission} says
 *       otherwise: answers that did not end with {@code stop}, refusals, tool calls, several
 *       choices, and answers without text. A stream is kept when its terminal marker came, however
 *       many read it; one that is closed before is not.
 *   <li><b>Failures of the model</b> reach the caller as they are, after the client's own retries,
 *       and those who wait for the same answer too. What concerns one caller alone, its key, quota,
 *       time limit or interrupt (statuses 401, 402, 403, 404, 408 and 429), is not passed on: one
 *       of those who wait asks for itself. Trouble in the cache does not, unless the cache was
 *       built with {@code failOnCacheErrors}; a cache that was closed answers nothing more.
 *   <li><b>Of calls that ask the same at once</b> and whose clients retry as often, one asks the
 *       model; streams are read along as they arrive, by calls of the same time limits, and end
 *       with the first one's. No call waits for another's answer to begin longer than its own time
 *       limit for a request.
 *   <li><b>Streams</b> are passed on as they arrive. What comes after their last event, the end,
 *       waits until the answer is kept, so that the caller's next call finds it.
 * </ul>
 *
 * <p>{@link CacheControl} changes this for single calls. The wrapped client shares connections and
 * options with the given one, which stays the caller's; closing the wrapped client closes neither
 * it nor the cache, but it does end the websockets and the request authenticator or workload
 * identity that both share.
 *
 * <p>Set retries, logging and authentication before wrapping. Where a client that is derived from
 * the wrapped one sets {@code maxRetries} or {@code logLevel}, that comes on top, above the cache:
 * each of its attempts is a call with all the attempts of the client below. Request authenticators
 * and workload identities act above the cache as well as below, so a hit needs them too.
 *
 * <p>Immutable and safe for use by many threads.
 */
public final class CachedOpenAi {
  private final SemanticCache cache;
  private final RequestReader reader;
  private final StreamUsage usage;
  private final ModelObserver observer;
  private final Optional<EmbeddingCache> embeddings;

  private CachedOpenAi(Builder builder) {
    this.cache = builder.cache;
    this.reader =
        new RequestReader(builder.endpoint, Set.copyOf(builder.scopeHeaders), builder.question);
    this.usage = new StreamUsage(builder.usageOfStreams);
    this.observer = builder.observer;
    this.embeddings = builder.embeddings;
  }

  /**
   * Gives a client a cache.
   *
   * @param client the client, which stays usable without the cache
   * @param cache the cache; needs no chat client of its own
   * @return a client that answers from the cache where it can
   */
  public static OpenAIClient wrap(OpenAIClient client, SemanticCache cache) {
    return builder(cache).build().wrap(client);
  }

  /**
   * Gives an asynchronous client a cache. The cache's {@linkplain SemanticCache#executor executor}
   * looks answers up; no thread is held while the model is asked.
   *
   * @param client the client, which stays usable without the cache
   * @param cache the cache; needs no chat client of its own
   * @return a client that answers from the cache where it can
   */
  public static OpenAIClientAsync wrap(OpenAIClientAsync client, SemanticCache cache) {
    return builder(cache).build().wrap(client);
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

  /**
   * Gives a client the cache.
   *
   * @param client the client, which stays usable without the cache
   * @return a client that answers from the cache where it can
   */
  public OpenAIClient wrap(OpenAIClient client) {
    return client.withOptions(this::wrap);
  }

  /**
   * Gives an asynchronous client the cache.
   *
   * @param client the client, which stays usable without the cache
   * @return a client that answers from the cache where it can
   */
  public OpenAIClientAsync wrap(OpenAIClientAsync client) {
    return client.withOptions(this::wrap);
  }

  /**
   * Above the client's retries and its logging, which go on below. Closing the wrapped client shuts
   * its executor down if it is a service, and closes its sleeper; so it gets neither as it is.
   */
  private void wrap(ClientOptions.Builder options) {
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

  /** The options of a {@link CachedOpenAi}. Not safe for use by many threads. */
  public static final class Builder {
    private final SemanticCache cache;
    private final Set<String> scopeHeaders =
        new TreeSet<>(List.of("openai-organization", "openai-project"));
    private Optional<String> endpoint = Optional.empty();
    private QuestionFinder question = QuestionFinder.whole();
    private boolean usageOfStreams = true;
    private ModelObserver observer = ModelObserver.none();
    private Optional<EmbeddingCache> embeddings = Optional.empty();

    private Builder(SemanticCache cache) {
      this.cache = requireNonNull(cache, "cache");
    }

    /**
     * Names the service in the scope, in place of the client's base URL. Clients that shall share
     * answers although they reach the service at different addresses give the same name.
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
     * Makes a request header part of the scope: only answers given under the same value are reused.
     * For gateways whose headers choose the model or the tenant, and, with {@code Authorization} or
     * Azure's {@code api-key}, for clients whose credentials must not share answers. The service
     * gets the header; stores see no more of it than a hash. Of credentials that change with time
     * or with each request, such as those of workload identities and request authenticators, the
     * header is no name of the client: use a {@linkplain CacheControl#tag tag} of the client.
     *
     * @param name the header's name, in any case; not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank
     */
    public Builder scopeHeader(String name) {
      this.scopeHeaders.add(notBlank(name, "scopeHeader").toLowerCase(Locale.ROOT));
      return this;
    }

    /**
     * Names the question in a message that also holds something else, such as retrieved passages:
     * only the question is compared by meaning, the rest of the message must be equal.
     *
     * <pre>{@code
     * // the template of Spring AI's QuestionAnswerAdvisor
     * builder.question(QuestionFinder.before("\n\nContext information is below"))
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
     * Says whether streamed chat completions are asked for their usage though the caller does not,
     * so that their entries can tell it to callers who want it. The caller sees nothing of it. A
     * service that rejects {@code stream_options} with status 400 or 422 is asked once more as the
     * caller asks, and from then on always so, model by model; switching it off spares that.
     *
     * @param usageOfStreams true unless set
     * @return this builder
     */
    public Builder usageOfStreams(boolean usageOfStreams) {
      this.usageOfStreams = usageOfStreams;
      return this;
    }

    /**
     * Lets the calls of the model be seen, for example by {@link
     * io.github.semcache.micrometer.CacheObservations#modelCalls}: those of chat completions and
     * responses that the cache could not answer. One that several callers wait for or read along is
     * one call, of the first of them.
     *
     * @param observer sees them; {@link ModelObserver#none} unless set
     * @return this builder
     */
    public Builder observer(ModelObserver observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    /**
     * Remembers embeddings too, in memory: exactly, by the text and everything else that the
     * request says. Of a request whose texts are partly known, only the others are asked for; its
     * usage tells what these took. Without this, requests for embeddings pass through untouched.
     *
     * @param maxEntries how many embeddings to remember at most, at least 1; one of 1,536
     *     components takes about 8 kB in base64, which openai-java asks for unless told otherwise,
     *     and more than ten times that as numbers. The least recently used goes first
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder embeddings(int maxEntries) {
      if (maxEntries < 1) {
        throw new IllegalArgumentException(
            "embeddings is " + maxEntries + "; it must be at least 1");
      }
      this.embeddings = Optional.of(new EmbeddingCache(maxEntries));
      return this;
    }

    /**
     * Makes the wrapper.
     *
     * @return a wrapper with these options
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
