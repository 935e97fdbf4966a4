package io.github.semcache.openai.proxy;

import com.openai.core.http.HttpResponse;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.adapter.CallDriver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs an exchange without holding a thread while it waits. The work of the cache is done on the
 * cache's executor, not on the threads of the HTTP client.
 */
record AsyncExchange(Exchange exchange)
    implements CallDriver.Handler<CompletableFuture<HttpResponse>> {

  /** Returns a future of the response. */
  CompletableFuture<HttpResponse> execute() {
    return CallDriver.runAsync(exchange.cache(), this).exceptionally(AsyncExchange::responseOf);
  }

  private static HttpResponse responseOf(Throwable failure) {
    if (CallDriver.causeOf(failure) instanceof UnusableResponseException e) {
      return e.response().open();
    }
    throw failure instanceof CompletionException e ? e : new CompletionException(failure);
  }

  @Override
  public CacheCall begin() {
    return exchange.begin();
  }

  @Override
  public CompletableFuture<HttpResponse> lead(CacheCall.Lead lead) {
    return CallDriver.start(() -> send(lead))
        .thenApplyAsync(
            sent -> exchange.modelResponded(lead, sent), CallDriver.executorOf(exchange.cache()))
        .whenComplete((response, failure) -> endIfFailed(lead, failure));
  }

  private CompletableFuture<Upstream.Sent> send(CacheCall.Lead lead) {
    return lead.call(
        exchange.observer(), exchange.request().model(), exchange.upstream()::sendAsync);
  }

  private void endIfFailed(CacheCall.Lead lead, @Nullable Throwable failure) {
    if (failure != null) {
      exchange.modelFailed(lead, CallDriver.causeOf(failure));
    }
  }

  @Override
  public CompletableFuture<HttpResponse> bypass() {
    return exchange.upstream().sendUnmodifiedAsync();
  }

  @Override
  public Optional<CompletableFuture<HttpResponse>> join(CacheCall.Shared shared) {
    return exchange.join(shared).map(CompletableFuture::completedFuture);
  }

  @Override
  public CompletableFuture<HttpResponse> answered(Answer answer) {
    return CompletableFuture.completedFuture(exchange.answered(answer));
  }
}
