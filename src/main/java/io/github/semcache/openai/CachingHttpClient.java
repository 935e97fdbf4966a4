package io.github.semcache.openai;

import com.openai.core.RequestOptions;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import io.github.semcache.SemanticCache;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Answers requests from a cache, and passes all others on to the client's own transport, which
 * retries, authenticates and logs as it does without the cache. Closing it leaves that open.
 */
record CachingHttpClient(HttpClient upstream, RequestReader reader, SemanticCache cache)
    implements HttpClient {

  @Override
  public HttpResponse execute(HttpRequest request, RequestOptions options) {
    Optional<ModelRequest> asked = asked(request);
    HttpRequest bare = ControlHeaders.strip(request);
    return asked.isPresent()
        ? new Exchange(cache, asked.get()).run(() -> upstream.execute(bare, options))
        : upstream.execute(bare, options);
  }

  @Override
  public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
    Optional<ModelRequest> asked;
    try {
      asked = asked(request);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    HttpRequest bare = ControlHeaders.strip(request);
    return asked.isPresent()
        ? new Exchange(cache, asked.get()).runAsync(() -> upstream.executeAsync(bare, options))
        : upstream.executeAsync(bare, options);
  }

  /** A cache that was closed answers nothing, and breaks nothing. */
  private Optional<ModelRequest> asked(HttpRequest request) {
    return cache.isClosed() ? Optional.empty() : reader.read(request);
  }

  @Override
  public void close() {}
}
