package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import io.github.semcache.prompt.CacheMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks for the usage of streams whose callers do not, so that their entries can serve callers who
 * do. Services that reject the question are told from the others once for each model. Safe for use
 * by many threads.
 */
final class StreamUsage {
  /** What services answer to a field that they do not know, or do not know yet. */
  private static final Set<Integer> REJECTIONS = Set.of(400, 422);

  private final boolean wanted;
  private final Set<String> rejecting = ConcurrentHashMap.newKeySet();

  StreamUsage(boolean wanted) {
    this.wanted = wanted;
  }

  /** The request that asks for the usage; empty if the given one shall be sent as it is. */
  Optional<HttpRequest> asking(HttpRequest request, ModelRequest asked) {
    return wanted
            && asked.isStreaming()
            && !asked.includesUsage()
            && !asked.api().streamsTellUsage()
            && asked.prompt().mode() != CacheMode.BYPASS
            && !rejecting.contains(key(request, asked))
        ? Optional.ofNullable(request.body()).flatMap(body -> asking(request, body))
        : Optional.empty();
  }

  private static Optional<HttpRequest> asking(HttpRequest request, HttpRequestBody body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body.writeTo(bytes);
    try {
      ObjectNode json = Json.object(bytes.toByteArray());
      json.withObject("/stream_options").put("include_usage", true);
      return Optional.of(
          request.toBuilder()
              .body(PassThroughMarker.replace(body, new JsonBody(Json.text(json))))
              .build());
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Whether this may be the answer to the question for the usage. */
  boolean mayBeRejection(int status) {
    return REJECTIONS.contains(status);
  }

  /** The request was rejected with the question, and accepted without. */
  void wasRejected(HttpRequest request, ModelRequest asked) {
    rejecting.add(key(request, asked));
  }

  private static String key(HttpRequest request, ModelRequest asked) {
    return request.url() + ' ' + asked.model();
  }
}
