package io.github.semcache.openai.proxy;

import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import io.github.semcache.SemanticCache;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The body of a request that a cache has no answer to, so that it is not asked a second time. */
record PassThroughMarker(HttpRequestBody body, SemanticCache cache) implements HttpRequestBody {

  static HttpRequest mark(HttpRequest request, SemanticCache cache) {
    @Nullable HttpRequestBody body = request.body();
    return body == null
        ? request
        : request.toBuilder().body(new PassThroughMarker(body, cache)).build();
  }

  static boolean isMarked(HttpRequest request, SemanticCache cache) {
    return request.body() instanceof PassThroughMarker missed && missed.cache == cache;
  }

  /** Another body that is marked as the given one is. */
  static HttpRequestBody replace(HttpRequestBody body, HttpRequestBody by) {
    return body instanceof PassThroughMarker missed ? new PassThroughMarker(by, missed.cache) : by;
  }

  @Override
  public void writeTo(OutputStream to) {
    body.writeTo(to);
  }

  @Override
  public String contentType() {
    return body.contentType();
  }

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public boolean repeatable() {
    return body.repeatable();
  }

  @Override
  public void close() {
    body.close();
  }
}
