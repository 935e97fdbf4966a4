package io.github.semcache.openai.proxy;

import com.openai.core.RequestOptions;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Answers requests from a cache and passes all others to the HTTP client of the wrapped client,
 * which retries, authenticates, and logs. {@link #close} does nothing, because that HTTP client is
 * still in use.
 *
 * @param upstream the HTTP client of the wrapped client
 * @param reader reads the requests
 * @param cache the cache
 * @param maxRetries the number of retries of the wrapped client
 * @param usage adds the option for the token usage to streaming requests
 * @param observer observes the calls to the model
 * @param embeddings the cache of embeddings, if they are cached
 */
record CachingHttpClient(
    HttpClient upstream,
    RequestReader reader,
    SemanticCache cache,
    int maxRetries,
    StreamUsage usage,
    ChatClient.Observer observer,
    Optional<EmbeddingResponseCache> embeddings)
    implements HttpClient {

  @Override
  public HttpResponse execute(HttpRequest request, RequestOptions options) {
    Optional<Exchange> exchange = exchange(request, options);
    if (exchange.isPresent()) {
      return new BlockingExchange(exchange.get()).execute();
    }
    Optional<EmbeddingLookup> lookup = lookUpEmbeddings(request);
    return lookup.isPresent()
        ? embed(lookup.get(), options)
        : upstream.execute(ControlHeaders.strip(request), options);
  }

  private HttpResponse embed(EmbeddingLookup lookup, RequestOptions options) {
    return lookup
        .cachedResponse()
        .orElseGet(
            () ->
                lookup.complete(
                    BufferedResponse.read(upstream.execute(lookup.requestForMissing(), options))))
        .open();
  }

  @Override
  public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
    Optional<Exchange> exchange;
    Optional<EmbeddingLookup> lookup;
    try {
      exchange = exchange(request, options);
      lookup = exchange.isPresent() ? Optional.empty() : lookUpEmbeddings(request);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (exchange.isPresent()) {
      return new AsyncExchange(exchange.get()).execute();
    }
    return lookup.isPresent()
        ? embedAsync(lookup.get(), options)
        : upstream.executeAsync(ControlHeaders.strip(request), options);
  }

  private CompletableFuture<HttpResponse> embedAsync(
      EmbeddingLookup lookup, RequestOptions options) {
    Optional<BufferedResponse> cached = lookup.cachedResponse();
    return cached.isPresent()
        ? CompletableFuture.completedFuture(cached.get().open())
        : upstream
            .executeAsync(lookup.requestForMissing(), options)
            .thenApply(response -> lookup.complete(BufferedResponse.read(response)).open());
  }

  /**
   * Returns the exchange for a request; empty if the cache cannot answer it, if the cache is
   * closed, or if an outer wrapper has already looked it up in the same cache.
   */
  private Optional<Exchange> exchange(HttpRequest request, RequestOptions options) {
    if (cache.isClosed() || PassThroughBody.isMarked(request, cache)) {
      return Optional.empty();
    }
    return reader.read(request, options).map(read -> exchange(read, request, options));
  }

  private Exchange exchange(ModelRequest read, HttpRequest request, RequestOptions options) {
    HttpRequest forwarded = PassThroughBody.mark(ControlHeaders.strip(request), cache);
    return new Exchange(
        cache,
        read,
        new Upstream(upstream, forwarded, options, read, usage),
        read.coalescingKey(maxRetries),
        observer);
  }

  private Optional<EmbeddingLookup> lookUpEmbeddings(HttpRequest request) {
    return embeddings.flatMap(cached -> reader.lookUpEmbeddings(request, cached));
  }

  @Override
  public void close() {}
}
