package io.github.semcache.openai.proxy;

import com.openai.core.RequestOptions;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ModelObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Answers requests from a cache, and passes all others on to the client's own transport, which
 * retries, authenticates and logs as it does without the cache. Closing it leaves that open.
 *
 * @param maxRetries those of the client below
 * @param usage asks streams for their usage
 * @param observer sees the calls of the model
 * @param embeddings remembers embeddings, where that is wanted
 */
record CachingHttpClient(
    HttpClient upstream,
    RequestReader reader,
    SemanticCache cache,
    int maxRetries,
    StreamUsage usage,
    ModelObserver observer,
    Optional<EmbeddingCache> embeddings)
    implements HttpClient {

  @Override
  public HttpResponse execute(HttpRequest request, RequestOptions options) {
    Optional<ModelRequest> asked = asked(request, options);
    HttpRequest bare = ControlHeaders.strip(request);
    if (asked.isPresent()) {
      return exchange(asked.get(), bare, options).run();
    }
    Optional<EmbeddingCache.Lookup> lookup = lookup(request);
    if (lookup.isEmpty()) {
      return upstream.execute(bare, options);
    }
    return lookup
        .get()
        .response()
        .orElseGet(() -> complete(lookup.get(), upstream.execute(lookup.get().request(), options)))
        .open();
  }

  @Override
  public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
    Optional<ModelRequest> asked;
    Optional<EmbeddingCache.Lookup> lookup;
    try {
      asked = asked(request, options);
      lookup = lookup(request);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    HttpRequest bare = ControlHeaders.strip(request);
    if (asked.isPresent()) {
      return exchange(asked.get(), bare, options).runAsync();
    }
    return lookup.isPresent()
        ? embeddings(lookup.get(), options)
        : upstream.executeAsync(bare, options);
  }

  private Exchange exchange(ModelRequest asked, HttpRequest bare, RequestOptions options) {
    HttpRequest missed = PassThroughMarker.mark(bare, cache);
    return new Exchange(
        cache,
        asked,
        new Upstream(upstream, missed, options, asked, usage),
        asked.lane(maxRetries),
        observer);
  }

  private CompletableFuture<HttpResponse> embeddings(
      EmbeddingCache.Lookup lookup, RequestOptions options) {
    Optional<BufferedResponse> response = lookup.response();
    return response.isPresent()
        ? CompletableFuture.completedFuture(response.get().open())
        : upstream
            .executeAsync(lookup.request(), options)
            .thenApply(part -> complete(lookup, part).open());
  }

  private static BufferedResponse complete(EmbeddingCache.Lookup lookup, HttpResponse part) {
    return lookup.complete(BufferedResponse.of(part));
  }

  /**
   * A cache that was closed answers nothing, and breaks nothing. Where a client was wrapped twice,
   * the inner wrapper leaves to the outer one what that is asking already.
   */
  private Optional<ModelRequest> asked(HttpRequest request, RequestOptions options) {
    return cache.isClosed() || PassThroughMarker.isMarked(request, cache)
        ? Optional.empty()
        : reader.read(request, options);
  }

  private Optional<EmbeddingCache.Lookup> lookup(HttpRequest request) {
    return embeddings.flatMap(known -> reader.read(request, known));
  }

  @Override
  public void close() {}
}
