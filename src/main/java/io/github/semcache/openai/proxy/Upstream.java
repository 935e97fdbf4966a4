package io.github.semcache.openai.proxy;

import com.openai.core.RequestOptions;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Sends one request to the model.
 *
 * @param client retries, authenticates and logs
 * @param request what the caller asks, without what is for the cache alone
 * @param asked the same as the cache sees it
 */
record Upstream(
    HttpClient client,
    HttpRequest request,
    RequestOptions options,
    ModelRequest asked,
    StreamUsage usage) {

  /** A response, and whether it tells a usage that the caller did not ask for. */
  record Sent(HttpResponse response, boolean usageIsWithheld) {}

  /** As the caller asks it. */
  HttpResponse plain() {
    return client.execute(request, options);
  }

  /** As the caller asks it. */
  CompletableFuture<HttpResponse> plainAsync() {
    return client.executeAsync(request, options);
  }

  /** Where it can, with the question for the usage. */
  Sent send() {
    Optional<HttpRequest> asking = usage.asking(request, asked);
    if (asking.isPresent()) {
      HttpResponse response = client.execute(asking.get(), options);
      if (!usage.mayBeRejection(response.statusCode())) {
        return new Sent(response, true);
      }
      response.close();
      return withoutUsage(plain());
    }
    return new Sent(plain(), false);
  }

  /** Where it can, with the question for the usage. */
  CompletableFuture<Sent> sendAsync() {
    return usage
        .asking(request, asked)
        .map(asking -> client.executeAsync(asking, options).thenCompose(this::orWithoutUsage))
        .orElseGet(() -> plainAsync().thenApply(response -> new Sent(response, false)));
  }

  private CompletableFuture<Sent> orWithoutUsage(HttpResponse response) {
    if (!usage.mayBeRejection(response.statusCode())) {
      return CompletableFuture.completedFuture(new Sent(response, true));
    }
    response.close();
    return plainAsync().thenApply(this::withoutUsage);
  }

  private Sent withoutUsage(HttpResponse response) {
    if (response.statusCode() == BufferedResponse.OK) {
      usage.wasRejected(request, asked);
    }
    return new Sent(response, false);
  }
}
