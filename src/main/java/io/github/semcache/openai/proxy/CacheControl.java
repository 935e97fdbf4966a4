package io.github.semcache.openai.proxy;

import static java.util.Objects.requireNonNull;

import com.openai.core.http.Headers;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Cache options of single calls through a {@linkplain CachedOpenAi wrapped client}. They are passed
 * as request headers, which are removed before the request is sent.
 *
 * <pre>{@code
 * client.chat().completions().create(
 *     CacheControl.use().tag("tenant", "acme").timeToLive(Duration.ofHours(1)).on(params));
 * }</pre>
 *
 * <p>A client can add the headers to all of its requests: {@code client.withOptions(o ->
 * o.putAllHeaders(CacheControl.use().tag("tenant", "acme").headers()))}. The options of a call are
 * added to the options of its client. An option of the call replaces the same option of the client,
 * for example the mode or a tag with the same name. If a header with the prefix {@code X-Semcache-}
 * is unknown or has an invalid value, the call fails with an {@link IllegalArgumentException}.
 *
 * <p>Options that are not set are those of the cache. This class is immutable and thread-safe. Each
 * method that sets an option returns a new instance.
 */
public final class CacheControl {
  /** The request header for the cache mode: {@code use}, {@code refresh}, or {@code bypass}. */
  public static final String MODE = "X-Semcache-Mode";

  /**
   * The prefix of the request headers for tags of the scope, for example {@code
   * X-Semcache-Tag-tenant: acme}. The prefix is followed by the name of the tag; the value of the
   * header is the value of the tag. Both are percent-encoded UTF-8, as in the query of a URL. An
   * unpaired surrogate is encoded as {@code %uD800}. Capital letters of the name have to be encoded
   * too, because header names are case-insensitive.
   */
  public static final String TAG_PREFIX = "X-Semcache-Tag-";

  /**
   * The prefix of the request headers for labels with a text, encoded as tags are, for example
   * {@code X-Semcache-Label-topic: billing}. A hit has a response header for each of its labels.
   */
  public static final String LABEL_PREFIX = "X-Semcache-Label-";

  /**
   * The prefix of the request headers for labels with a number, for example {@code
   * X-Semcache-Number-price: 12.5}. If a request has a text and a number of the same name, the
   * number applies. A hit has a response header for each of its labels.
   */
  public static final String NUMBER_PREFIX = "X-Semcache-Number-";

  /**
   * The prefix of the request headers for dependencies, for example {@code
   * X-Semcache-Depends-On-price-list: true}. The prefix is followed by the name of the dependency,
   * encoded as that of a tag. The value is {@code true}.
   */
  public static final String DEPENDENCY_PREFIX = "X-Semcache-Depends-On-";

  /**
   * The request header for a filter of cached answers, for example {@code topic=billing|refunds
   * price:10..20}; see {@link Labels.Filter#parse}.
   */
  public static final String WHERE = "X-Semcache-Where";

  /**
   * The request header for the time to live of the answer, an ISO 8601 duration such as {@code
   * PT1H}.
   */
  public static final String TIME_TO_LIVE = "X-Semcache-Time-To-Live";

  /** The request header for the maximum cosine distance of a hit, in [0, 2]. */
  public static final String MAX_DISTANCE = "X-Semcache-Max-Distance";

  /** The request header for the maximum age of a cached answer, an ISO 8601 duration. */
  public static final String MAX_AGE = "X-Semcache-Max-Age";

  /** The request header for the maximum wait for another call, an ISO 8601 duration. */
  public static final String MAX_WAIT = "X-Semcache-Max-Wait";

  /** The request header that delays hits: {@code true}; see {@link #quiet}. */
  public static final String QUIET = "X-Semcache-Quiet";

  /** The request header for who asks, encoded as the values of tags; see {@link #contributor}. */
  public static final String CONTRIBUTOR = "X-Semcache-Contributor";

  /**
   * The response header for the source of the answer: {@code exact}, {@code semantic}, or {@code
   * model}. It is absent if the cache was not used.
   */
  public static final String SOURCE = "X-Semcache-Source";

  /** The response header for the cosine distance of a hit, in [0, 2]. */
  public static final String DISTANCE = "X-Semcache-Distance";

  /**
   * The response header for the id of the entry that the answer was served from or stored in, for
   * {@link io.github.semcache.SemanticCache#reportWrong(String, String)}. It is absent if the
   * answer was not stored, and on streams of the model, whose headers arrive before the answer is
   * stored.
   */
  public static final String ENTRY = "X-Semcache-Entry";

  /** The response header for the age of a cached answer, in whole seconds. */
  public static final String AGE = "Age";

  /**
   * The field of an answer from the cache that distinguishes it from an answer of the model, for
   * example because its tokens were not billed again. It is an object with the fields {@code
   * source}, {@code entry}, {@code distance}, and {@code age}, whose values are those of the
   * response headers, and {@code labels}, an object of texts and numbers, if the answer has labels.
   * It is part of completions, of each chunk of a streamed completion, and of responses:
   *
   * <pre>{@code
   * boolean isHit = completion._additionalProperties().containsKey(CacheControl.HIT);
   * }</pre>
   */
  public static final String HIT = "semcache";

  static final String PREFIX = "x-semcache-";

  private static final Prompt ANY = Prompt.of("any");

  private final Headers headers;

  private CacheControl(Headers headers) {
    this.headers = headers;
  }

  /**
   * Returns an instance without options. It does not set {@link #MODE}, so the mode of the client's
   * headers applies, if any. The default mode answers from the cache if possible.
   *
   * @return an instance without options
   */
  public static CacheControl use() {
    return new CacheControl(Headers.builder().build());
  }

  /**
   * Returns an instance with which the model is always called and its answer replaces the cached
   * one.
   *
   * @return an instance with the mode {@code refresh}
   */
  public static CacheControl refresh() {
    return mode(Prompt.Mode.REFRESH);
  }

  /**
   * Returns an instance with which the model is always called and nothing is stored.
   *
   * @return an instance with the mode {@code bypass}
   */
  public static CacheControl bypass() {
    return mode(Prompt.Mode.BYPASS);
  }

  private static CacheControl mode(Prompt.Mode mode) {
    return new CacheControl(
        Headers.builder().put(MODE, mode.name().toLowerCase(Locale.ROOT)).build());
  }

  /**
   * Adds a tag to the scope; see {@link Prompt#tag}.
   *
   * @param name the name of the tag
   * @param value the value of the tag
   * @return an instance with the tag
   */
  public CacheControl tag(String name, String value) {
    String header = TAG_PREFIX + TagEncoding.encode(requireNonNull(name, "name"));
    return with(header, TagEncoding.encode(requireNonNull(value, "value")));
  }

  /**
   * Adds a dependency to the scope; see {@link Prompt#dependsOn}.
   *
   * @param dependency the name of the dependency
   * @return an instance with the dependency
   */
  public CacheControl dependsOn(String dependency) {
    String name = TagEncoding.encode(requireNonNull(dependency, "dependency"));
    return with(DEPENDENCY_PREFIX + name, true);
  }

  /**
   * Adds a label to the answer; see {@link Prompt#label(String, String)}.
   *
   * @param name the name of the label, 1 to 64 characters
   * @param value the text, at most 256 characters
   * @return an instance with the label
   * @throws IllegalArgumentException if the name is blank, or the name or the text is too long
   */
  public CacheControl label(String name, String value) {
    Prompt unused = ANY.label(name, value);
    return with(LABEL_PREFIX + TagEncoding.encode(name), TagEncoding.encode(value));
  }

  /**
   * Adds a label with a number to the answer; see {@link Prompt#label(String, double)}.
   *
   * @param name the name of the label, 1 to 64 characters
   * @param value the number, finite
   * @return an instance with the label
   * @throws IllegalArgumentException if the name is blank or too long, or the number is not finite
   */
  public CacheControl label(String name, double value) {
    Prompt unused = ANY.label(name, value);
    return with(NUMBER_PREFIX + TagEncoding.encode(name), value);
  }

  /** Adds the labels of an answer. */
  CacheControl labels(Labels labels) {
    CacheControl result = this;
    for (Map.Entry<String, String> text : labels.texts().entrySet()) {
      result = result.label(text.getKey(), text.getValue());
    }
    for (Map.Entry<String, Double> number : labels.numbers().entrySet()) {
      result = result.label(number.getKey(), number.getValue());
    }
    return result;
  }

  /**
   * Uses only cached answers whose labels meet a filter; see {@link Prompt#where}. To store the
   * answer of the model too, add {@linkplain #label(String, String) labels} that meet the filter.
   *
   * @param filter the filter
   * @return an instance with the filter
   */
  public CacheControl where(Labels.Filter filter) {
    return with(WHERE, filter.text());
  }

  /**
   * Sets the time to live of the answer; see {@link Prompt#timeToLive(Duration)}.
   *
   * @param timeToLive the time to live, between one millisecond and 36,525 days
   * @return an instance with the time to live
   * @throws IllegalArgumentException if the time to live is outside this range
   */
  public CacheControl timeToLive(Duration timeToLive) {
    return with(TIME_TO_LIVE, ANY.timeToLive(timeToLive).timeToLive().orElseThrow());
  }

  /**
   * Sets the maximum distance of a hit; see {@link Prompt#maxDistance(double)}.
   *
   * @param maxDistance the maximum cosine distance, in [0, 2]
   * @return an instance with the maximum distance
   * @throws IllegalArgumentException if the distance is outside this range
   */
  public CacheControl maxDistance(double maxDistance) {
    return with(MAX_DISTANCE, ANY.maxDistance(maxDistance).maxDistance().orElseThrow());
  }

  /**
   * Sets the maximum age of a cached answer; see {@link Prompt#maxAge(Duration)}.
   *
   * @param maxAge the maximum age; positive
   * @return an instance with the maximum age
   * @throws IllegalArgumentException if the age is zero or negative
   */
  public CacheControl maxAge(Duration maxAge) {
    return with(MAX_AGE, ANY.maxAge(maxAge).maxAge().orElseThrow());
  }

  /**
   * Sets the maximum wait for another call; see {@link Prompt#maxWait(Duration)}.
   *
   * @param maxWait the maximum wait; positive
   * @return an instance with the maximum wait
   * @throws IllegalArgumentException if the wait is zero or negative
   */
  public CacheControl maxWait(Duration maxWait) {
    return with(MAX_WAIT, ANY.maxWait(maxWait).maxWait().orElseThrow());
  }

  /**
   * Delays hits; see {@link Prompt#quiet()}. Combine it with {@code marksHits(false)} of {@link
   * CachedOpenAi.Builder}.
   *
   * @return an instance whose hits are delayed
   */
  public CacheControl quiet() {
    return with(QUIET, true);
  }

  /**
   * Sets who asks, for a cache that requires confirmations; see {@link Prompt#contributor(String)}.
   *
   * @param id the id of an authenticated user or account; not blank
   * @return options with the contributor
   * @throws IllegalArgumentException if the id is blank
   */
  public CacheControl contributor(String id) {
    return with(CONTRIBUTOR, TagEncoding.encode(ANY.contributor(id).contributor().orElseThrow()));
  }

  private CacheControl with(String name, Object value) {
    return new CacheControl(headers.toBuilder().replace(name, value.toString()).build());
  }

  /**
   * Returns the request headers, for clients and for parameters without an {@code on} method.
   *
   * @return the request headers
   */
  public Headers headers() {
    return headers;
  }

  /**
   * Adds the headers to the parameters of a chat completion. Existing headers of other names are
   * retained.
   *
   * @param params the parameters
   * @return parameters with the headers
   */
  public ChatCompletionCreateParams on(ChatCompletionCreateParams params) {
    return params.toBuilder().replaceAllAdditionalHeaders(headers).build();
  }

  /**
   * Adds the headers to the parameters of a response. Existing headers of other names are retained.
   *
   * @param params the parameters
   * @return parameters with the headers
   */
  public ResponseCreateParams on(ResponseCreateParams params) {
    return params.toBuilder().replaceAllAdditionalHeaders(headers).build();
  }

  @Override
  public String toString() {
    return "CacheControl" + headers.names();
  }
}
