package io.github.semcache.openai.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.openai.core.http.Headers;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import io.github.semcache.prompt.CacheMode;
import io.github.semcache.prompt.Prompt;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What one call through a {@linkplain CachedOpenAi cached client} lets the cache do. It travels as
 * request headers, which are removed before the request leaves.
 *
 * <pre>{@code
 * client.chat().completions().create(
 *     CacheControl.use().tag("tenant", "acme").timeToLive(Duration.ofHours(1)).on(params));
 * }</pre>
 *
 * <p>Headers that a client adds to all its requests count as well: {@code client.withOptions(o ->
 * o.putAllHeaders(CacheControl.use().tag("tenant", "acme").headers()))}. A call adds to them, and
 * takes the place only of what it sets itself: a tag of the same name, another mode and so on. A
 * header with the prefix {@code X-Semcache-} that is unknown, or whose value cannot be read, fails
 * the call with an {@link IllegalArgumentException}.
 *
 * <p>Immutable: each method that sets something returns a new object.
 */
public final class CacheControl {
  /** What the cache may do: {@code use}, {@code refresh} or {@code bypass}. */
  public static final String MODE = "X-Semcache-Mode";

  /**
   * What the header of a tag of the scope begins with; the tag's name follows, and its value is the
   * header's. Both are percent-encoded in UTF-8 as in the query of a URL, capital letters of the
   * name too, because headers are the same in any case: {@code X-Semcache-Tag-tenant: acme}.
   */
  public static final String TAG_PREFIX = "X-Semcache-Tag-";

  /** How long the answer is kept, as an ISO 8601 duration, for example {@code PT1H}. */
  public static final String TIME_TO_LIVE = "X-Semcache-Time-To-Live";

  /** The largest cosine distance of a hit, 0 to 2. */
  public static final String MAX_DISTANCE = "X-Semcache-Max-Distance";

  /** Accept only answers younger than this, as an ISO 8601 duration. */
  public static final String MAX_AGE = "X-Semcache-Max-Age";

  /** Wait no longer than this for another call's answer, as an ISO 8601 duration. */
  public static final String MAX_WAIT = "X-Semcache-Max-Wait";

  /**
   * A response header that says where the answer came from: {@code exact}, {@code semantic} or
   * {@code model}. Responses that did not go through the cache lack it.
   */
  public static final String SOURCE = "X-Semcache-Source";

  /** A response header: the cosine distance of a hit, 0 to 2. */
  public static final String DISTANCE = "X-Semcache-Distance";

  /** A response header: how old the answer of a hit is, in whole seconds. */
  public static final String AGE = "Age";

  static final String PREFIX = "x-semcache-";

  private static final Prompt ANY = Prompt.of("any");

  private final Headers headers;

  private CacheControl(Headers headers) {
    this.headers = headers;
  }

  /**
   * Answers from the cache where it can, as a call without these headers does. Sets no {@link
   * #MODE}: that of the client's own headers, if any, stays.
   *
   * @return a control to add options to
   */
  public static CacheControl use() {
    return new CacheControl(Headers.builder().build());
  }

  /**
   * Asks the model whatever the cache holds, and keeps its answer in place of the old one.
   *
   * @return the control
   */
  public static CacheControl refresh() {
    return mode(CacheMode.REFRESH);
  }

  /**
   * Asks the model whatever the cache holds, and keeps nothing.
   *
   * @return the control
   */
  public static CacheControl bypass() {
    return mode(CacheMode.BYPASS);
  }

  private static CacheControl mode(CacheMode mode) {
    return new CacheControl(
        Headers.builder().put(MODE, mode.name().toLowerCase(Locale.ROOT)).build());
  }

  /**
   * Adds a tag to the scope; see {@link Prompt#tag}.
   *
   * @param name the tag's name; any string
   * @param value the tag's value; any string
   * @return a control with it
   */
  public CacheControl tag(String name, String value) {
    String header = TAG_PREFIX + headerName(requireNonNull(name, "name"));
    return with(header, URLEncoder.encode(requireNonNull(value, "value"), UTF_8));
  }

  /** Of the characters that URL encoding lets through, capital letters are no safe header name. */
  private static String headerName(String name) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : name.getBytes(UTF_8)) {
      if ((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '_') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HexFormat.of().toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  /**
   * Keeps the answer for so long; see {@link Prompt#timeToLive(Duration)}.
   *
   * @param timeToLive at least a millisecond and at most 100 years
   * @return a control with it
   * @throws IllegalArgumentException if the time is outside these bounds
   */
  public CacheControl timeToLive(Duration timeToLive) {
    return with(TIME_TO_LIVE, ANY.timeToLive(timeToLive).timeToLive().orElseThrow());
  }

  /**
   * Uses this cut; see {@link Prompt#maxDistance(double)}.
   *
   * @param maxDistance the largest cosine distance of a hit, 0 to 2
   * @return a control with it
   * @throws IllegalArgumentException if the distance is outside 0 to 2
   */
  public CacheControl maxDistance(double maxDistance) {
    return with(MAX_DISTANCE, ANY.maxDistance(maxDistance).maxDistance().orElseThrow());
  }

  /**
   * Accepts only answers younger than this; see {@link Prompt#maxAge(Duration)}.
   *
   * @param maxAge more than zero
   * @return a control with it
   * @throws IllegalArgumentException if the age is zero or negative
   */
  public CacheControl maxAge(Duration maxAge) {
    return with(MAX_AGE, ANY.maxAge(maxAge).maxAge().orElseThrow());
  }

  /**
   * Waits no longer than this for another call's answer; see {@link Prompt#maxWait(Duration)}.
   *
   * @param maxWait more than zero
   * @return a control with it
   * @throws IllegalArgumentException if the wait is zero or negative
   */
  public CacheControl maxWait(Duration maxWait) {
    return with(MAX_WAIT, ANY.maxWait(maxWait).maxWait().orElseThrow());
  }

  private CacheControl with(String name, Object value) {
    return new CacheControl(headers.toBuilder().replace(name, value.toString()).build());
  }

  /**
   * The request headers, for parameters of other kinds and for whole clients.
   *
   * @return names and values
   */
  public Headers headers() {
    return headers;
  }

  /**
   * Puts the headers on a chat completion, in addition to those that it has.
   *
   * @param params the parameters
   * @return parameters with the headers
   */
  public ChatCompletionCreateParams on(ChatCompletionCreateParams params) {
    return params.toBuilder().replaceAllAdditionalHeaders(headers).build();
  }

  /**
   * Puts the headers on a response, in addition to those that it has.
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
