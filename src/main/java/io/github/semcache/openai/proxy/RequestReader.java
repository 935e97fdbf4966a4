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
import io.github.semcache.internal.json.AnswerCheck;
import io.github.semcache.internal.json.CanonicalJson;
import io.github.semcache.internal.text.CredentialHash;
import io.github.semcache.prompt.Prompt;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests that may be answered from the cache.
 *
 * @param scope the options of the question and the scope
 * @param maxWait the maximum wait for another call; the request's own timeout may be shorter
 * @param onFailure notified of requests that cannot be read, which are passed through
 */
record RequestReader(ReadOptions scope, Duration maxWait, Consumer<Throwable> onFailure) {
  private static final List<ModelApi> APIS = List.of(new ChatCompletionsApi(), new ResponsesApi());

  private static final List<String> EMBEDDINGS = List.of("embeddings");
  private static final Prompt ANY = Prompt.of("any");

  /**
   * Reads a request to a model.
   *
   * @param request the request
   * @param options the options of the request; its timeout limits the wait for another call
   * @return the request; empty if it has to be passed through
   * @throws IllegalArgumentException if a header of {@link CacheControl} is invalid
   */
  Optional<ModelRequest> read(HttpRequest request, RequestOptions options) {
    return APIS.stream()
        .filter(api -> endsWith(request.pathSegments(), api.pathSuffix()))
        .findFirst()
        .flatMap(api -> readBody(request).flatMap(body -> read(body, api, request, options)));
  }

  /**
   * Looks up the embeddings that a request asks for.
   *
   * @param request the request
   * @param cache the cache of embeddings
   * @return the lookup, which finds nothing if the request refreshes the cache; empty if the
   *     request has to be passed through
   * @throws IllegalArgumentException if a header of {@link CacheControl} is invalid
   */
  Optional<EmbeddingLookup> lookUpEmbeddings(HttpRequest request, EmbeddingResponseCache cache) {
    if (!isRepeatablePost(request) || !endsWith(request.pathSegments(), EMBEDDINGS)) {
      return Optional.empty();
    }
    Prompt.Mode mode = ControlHeaders.apply(request.headers(), ANY).mode();
    return mode == Prompt.Mode.BYPASS
        ? Optional.empty()
        : readBody(request)
            .flatMap(
                body ->
                    cache.lookUp(
                        ControlHeaders.strip(request),
                        service(request),
                        body,
                        mode == Prompt.Mode.USE));
  }

  private static boolean endsWith(List<String> path, List<String> suffix) {
    int start = path.size() - suffix.size();
    return start >= 0 && path.subList(start, path.size()).equals(suffix);
  }

  private static boolean isRepeatablePost(HttpRequest request) {
    @Nullable HttpRequestBody body = request.body();
    return request.method() == HttpMethod.POST && body != null && body.repeatable();
  }

  /** Returns the body; empty if it cannot be read twice or is not a JSON object. */
  private Optional<ObjectNode> readBody(HttpRequest request) {
    @Nullable HttpRequestBody body = request.body();
    if (body == null || !isRepeatablePost(request)) {
      return Optional.empty();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body.writeTo(bytes);
    try {
      return Optional.of(OpenAiJson.parseObject(bytes.toByteArray()));
    } catch (MalformedJsonException e) {
      onFailure.accept(e);
      return Optional.empty();
    }
  }

  private Optional<ModelRequest> read(
      ObjectNode body, ModelApi api, HttpRequest request, RequestOptions options) {
    Optional<ModelRequest> modelRequest;
    try {
      modelRequest = parse(body, api, request, options);
    } catch (RuntimeException | Error e) { // The user's functions may throw anything.
      onFailure.accept(e);
      return Optional.empty();
    }
    return modelRequest.map(
        parsed -> parsed.withPrompt(ControlHeaders.apply(request.headers(), parsed.prompt())));
  }

  private Optional<ModelRequest> parse(
      ObjectNode body, ModelApi api, HttpRequest request, RequestOptions options) {
    boolean isStored = api.isStoredByService(body);
    if (api.dependsOnState(body) || (isStored && !scope.cachesStoredAnswers())) {
      return Optional.empty();
    }
    String model = body.path("model").asText("unknown");
    AnswerCheck check = api.check(body);
    ObjectNode delivery = removeDeliveryFields(body, api);
    body.remove(scope.ignoredFields());
    scope.messages().normalize(body, api.messagesField());
    return new QuestionExtractor(scope.finder(), onFailure)
        .extract(body, api.messagesField(), api.textType())
        .map(
            question ->
                new ModelRequest(
                    api,
                    model,
                    prompt(question.text(), options),
                    settings(request, question.rest()),
                    delivery,
                    timeouts(options),
                    check,
                    scope.cachesStoredAnswers(),
                    scope.marksHits()));
  }

  private static ObjectNode removeDeliveryFields(ObjectNode body, ModelApi api) {
    ObjectNode delivery = OpenAiJson.newObject();
    for (String name : api.deliveryFields()) {
      @Nullable JsonNode field = body.remove(name);
      if (field != null) {
        delivery.set(name, field);
      }
    }
    return delivery;
  }

  private Prompt prompt(String text, RequestOptions options) {
    @Nullable Timeout timeout = options.getTimeout();
    Prompt prompt = Prompt.of(text);
    return timeout == null
            || timeout.request().isZero()
            || timeout.request().compareTo(maxWait) >= 0
        ? prompt
        : prompt.maxWait(timeout.request());
  }

  private static String timeouts(RequestOptions options) {
    @Nullable Timeout timeout = options.getTimeout();
    return timeout == null ? "none" : timeout.request() + " " + timeout.read();
  }

  private Map<String, String> settings(HttpRequest request, String rest) {
    SortedMap<String, String> settings = service(request);
    settings.put("request", rest);
    return settings;
  }

  /** Returns the part of the scope that identifies the service, its path, and its headers. */
  private SortedMap<String, String> service(HttpRequest request) {
    SortedMap<String, String> service = new TreeMap<>();
    service.put("endpoint", scope.endpoint().orElse(String.valueOf(baseUrl(request))));
    service.put("path", json(request.pathSegments()));
    service.put("query", query(request.queryParams()));
    Headers headers = request.headers();
    for (String name : scope.scopeHeaders()) {
      List<String> values = headers.values(name);
      if (CredentialHash.HEADERS.contains(name)) {
        service.put("credentials " + name, CredentialHash.of(values));
      } else {
        service.put("header " + name, json(values));
      }
    }
    return service;
  }

  private static String json(List<String> values) {
    ArrayNode array = OpenAiJson.newObject().arrayNode();
    values.forEach(array::add);
    return OpenAiJson.text(array);
  }

  private static @Nullable String baseUrl(HttpRequest request) {
    return request.baseUrl();
  }

  private static String query(QueryParams params) {
    ObjectNode query = OpenAiJson.newObject();
    for (String name : params.keys()) {
      ArrayNode values = query.putArray(name);
      params.values(name).forEach(values::add);
    }
    return CanonicalJson.of(query);
  }
}
