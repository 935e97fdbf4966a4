package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import io.github.semcache.prompt.Prompt;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Adds {@code stream_options.include_usage} to requests that do not have it, so that the entry of a
 * stream contains the token usage. Remembers the services and models that reject the option. This
 * class is thread-safe.
 */
final class StreamUsage {
  /** The status codes of services that reject an unknown field. */
  private static final Set<Integer> REJECTION_STATUSES = Set.of(400, 422);

  private final boolean enabled;
  private final Consumer<Throwable> onFailure;
  private final Set<String> rejecting = ConcurrentHashMap.newKeySet();

  /**
   * Creates an instance.
   *
   * @param enabled whether the option is added at all
   * @param onFailure notified if the option cannot be added to a request or if a service rejects it
   */
  StreamUsage(boolean enabled, Consumer<Throwable> onFailure) {
    this.enabled = enabled;
    this.onFailure = onFailure;
  }

  /** Returns the request with the option; empty if the request has to be sent unmodified. */
  Optional<HttpRequest> addOption(HttpRequest request, ModelRequest modelRequest) {
    return enabled
            && modelRequest.isStreaming()
            && !modelRequest.includesUsage()
            && !modelRequest.api().alwaysStreamsUsage()
            && modelRequest.prompt().mode() != Prompt.Mode.BYPASS
            && !rejecting.contains(key(request, modelRequest))
        ? Optional.ofNullable(request.body()).flatMap(body -> addOption(request, body))
        : Optional.empty();
  }

  private Optional<HttpRequest> addOption(HttpRequest request, HttpRequestBody body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body.writeTo(bytes);
    try {
      ObjectNode json = OpenAiJson.parseObject(bytes.toByteArray());
      json.withObject("/stream_options").put("include_usage", true);
      JsonRequestBody withOption = new JsonRequestBody(OpenAiJson.text(json));
      return Optional.of(
          request.toBuilder().body(PassThroughBody.replace(body, withOption)).build());
    } catch (MalformedJsonException | RuntimeException e) {
      onFailure.accept(e);
      return Optional.empty();
    }
  }

  /** Returns whether a service may respond with this status because it rejects the option. */
  boolean mayBeRejection(int status) {
    return REJECTION_STATUSES.contains(status);
  }

  /**
   * Records that a service rejected the option but accepted the request without it.
   *
   * @param request the request
   * @param modelRequest the request as read by the cache
   * @param status the status of the rejection
   */
  void recordRejection(HttpRequest request, ModelRequest modelRequest, int status) {
    if (rejecting.add(key(request, modelRequest))) {
      onFailure.accept(
          new UnsupportedOperationException(
              "the service rejected stream_options.include_usage for model "
                  + modelRequest.model()
                  + " with status "
                  + status
                  + "; the token usage of its streams is unknown"));
    }
  }

  private static String key(HttpRequest request, ModelRequest modelRequest) {
    return request.url() + ' ' + modelRequest.model();
  }
}
