package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.RequestOptions;
import com.openai.core.Timeout;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpMethod;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import com.openai.core.http.QueryParams;
import io.github.semcache.prompt.CacheMode;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.QuestionFinder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells the requests that the cache may answer from the others.
 *
 * @param endpoint names the service, in place of the request's base URL
 * @param scopeHeaders the request headers that are part of the scope
 * @param finder finds the question in the user's message
 */
record RequestReader(Optional<String> endpoint, Set<String> scopeHeaders, QuestionFinder finder) {
  private static final List<ModelApi> APIS = List.of(new ChatCompletionsApi(), new ResponsesApi());

  private static final List<String> EMBEDDINGS = List.of("embeddings");
  private static final Prompt ANY = Prompt.of("any");

  /**
   * Reads a request.
   *
   * @param options its time limit also limits how long it waits for another call's answer
   * @return empty if it must go to the service as it is
   * @throws IllegalArgumentException if it is for the cache but a header of {@link CacheControl}
   *     cannot be read
   */
  Optional<ModelRequest> read(HttpRequest request, RequestOptions options) {
    HttpRequestBody body = request.body();
    if (request.method() != HttpMethod.POST || body == null || !body.repeatable()) {
      return Optional.empty();
    }
    return APIS.stream()
        .filter(api -> endsWith(request.pathSegments(), api.path()))
        .findFirst()
        .flatMap(api -> json(body).flatMap(json -> read(json, api, request, options)));
  }

  /**
   * Looks up the embeddings that a request asks for, or none of them if it shall refresh them;
   * empty if it asks for something else or bypasses.
   */
  Optional<EmbeddingCache.Lookup> read(HttpRequest request, EmbeddingCache embeddings) {
    HttpRequestBody body = request.body();
    if (request.method() != HttpMethod.POST
        || body == null
        || !body.repeatable()
        || !endsWith(request.pathSegments(), EMBEDDINGS)) {
      return Optional.empty();
    }
    CacheMode mode = ControlHeaders.apply(request.headers(), ANY).mode();
    HttpRequest bare = ControlHeaders.strip(request);
    return mode == CacheMode.BYPASS
        ? Optional.empty()
        : json(body)
            .flatMap(
                json -> embeddings.lookUp(bare, service(request), json, mode == CacheMode.USE));
  }

  private static boolean endsWith(List<String> path, List<String> end) {
    int rest = path.size() - end.size();
    return rest >= 0 && path.subList(rest, path.size()).equals(end);
  }

  private Optional<ModelRequest> read(
      ObjectNode body, ModelApi api, HttpRequest request, RequestOptions options) {
    String model = body.path("model").asText("unknown");
    ObjectNode delivery = Json.newObject();
    for (String name : api.deliveryFields()) {
      JsonNode field = body.remove(name);
      if (field != null) {
        delivery.set(name, field);
      }
    }
    return api.question(body, finder)
        .map(
            asked ->
                new ModelRequest(
                    api,
                    model,
                    ControlHeaders.apply(request.headers(), prompt(asked.text(), options)),
                    settings(request, asked.rest()),
                    delivery,
                    timeLimits(options)));
  }

  private static Prompt prompt(String text, RequestOptions options) {
    @Nullable Timeout timeout = options.getTimeout();
    Prompt prompt = Prompt.of(text);
    return timeout == null || timeout.request().isZero()
        ? prompt
        : prompt.maxWait(timeout.request());
  }

  private static String timeLimits(RequestOptions options) {
    @Nullable Timeout timeout = options.getTimeout();
    return timeout == null ? "none" : timeout.request() + " " + timeout.read();
  }

  /** What is no JSON is for the service to reject. */
  private static Optional<ObjectNode> json(HttpRequestBody body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body.writeTo(bytes);
    try {
      return Optional.of(Json.object(bytes.toByteArray()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Map<String, String> settings(HttpRequest request, String rest) {
    Map<String, String> settings = service(request);
    settings.put("request", rest);
    return settings;
  }

  /** Where a request goes. */
  private SortedMap<String, String> service(HttpRequest request) {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("endpoint", endpoint.orElse(String.valueOf(baseUrl(request))));
    settings.put("path", String.join("/", request.pathSegments()));
    settings.put("query", query(request.queryParams()));
    Headers headers = request.headers();
    for (String name : scopeHeaders) {
      settings.put("header " + name, String.join("\n", headers.values(name)));
    }
    return settings;
  }

  private static @Nullable String baseUrl(HttpRequest request) {
    return request.baseUrl();
  }

  private static String query(QueryParams params) {
    ObjectNode query = Json.newObject();
    for (String name : params.keys()) {
      ArrayNode values = query.putArray(name);
      params.values(name).forEach(values::add);
    }
    return Json.canonical(query);
  }
}
