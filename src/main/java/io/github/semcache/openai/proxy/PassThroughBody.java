package io.github.semcache.openai.proxy;

import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import io.github.semcache.SemanticCache;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A request body that marks its request as already looked up in a cache. If a client is wrapped
 * twice with one cache, the inner wrapper passes such requests through.
 */
record PassThroughBody(HttpRequestBody body, SemanticCache cache) implements HttpRequestBody {

  /** Returns the request with a marked body. */
  static HttpRequest mark(HttpRequest request, SemanticCache cache) {
    @Nullable HttpRequestBody body = request.body();
    return body == null
        ? request
        : request.toBuilder().body(new PassThroughBody(body, cache)).build();
  }

  static boolean isMarked(HttpRequest request, SemanticCache cache) {
    return request.body() instanceof PassThroughBody marked && marked.cache == cache;
  }

  /** Returns the replacement, marked if the original body is marked. */
  static HttpRequestBody replace(HttpRequestBody original, HttpRequestBody replacement) {
    return original instanceof PassThroughBody marked
        ? new PassThroughBody(replacement, marked.cache)
        : replacement;
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
