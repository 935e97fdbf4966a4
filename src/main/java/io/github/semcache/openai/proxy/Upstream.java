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
 * @param client the client, including its retries, authentication, and logging
 * @param request the request without the headers of {@link CacheControl}
 * @param options the options of the request
 * @param modelRequest the same request as read by the cache
 * @param usage adds the option for the token usage to streaming requests
 */
record Upstream(
    HttpClient client,
    HttpRequest request,
    RequestOptions options,
    ModelRequest modelRequest,
    StreamUsage usage) {

  /**
   * A response of the model.
   *
   * @param response the response
   * @param usageAdded whether the usage was requested although the caller did not request it
   */
  record Sent(HttpResponse response, boolean usageAdded) {}

  /** Sends the request unmodified. */
  HttpResponse sendUnmodified() {
    return client.execute(request, options);
  }

  /** Sends the request unmodified. */
  CompletableFuture<HttpResponse> sendUnmodifiedAsync() {
    return client.executeAsync(request, options);
  }

  /** Sends the request, with the option for the usage if it can be added. */
  Sent send() {
    Optional<HttpRequest> withUsage = usage.addOption(request, modelRequest);
    if (withUsage.isEmpty()) {
      return new Sent(sendUnmodified(), false);
    }
    HttpResponse response = client.execute(withUsage.get(), options);
    int status = response.statusCode();
    if (!usage.mayBeRejection(status)) {
      return new Sent(response, true);
    }
    response.close();
    return afterRejection(status, sendUnmodified());
  }

  /** Sends the request, with the option for the usage if it can be added. */
  CompletableFuture<Sent> sendAsync() {
    return usage
        .addOption(request, modelRequest)
        .map(withUsage -> client.executeAsync(withUsage, options).thenCompose(this::retryRejected))
        .orElseGet(() -> sendUnmodifiedAsync().thenApply(response -> new Sent(response, false)));
  }

  private CompletableFuture<Sent> retryRejected(HttpResponse response) {
    int status = response.statusCode();
    if (!usage.mayBeRejection(status)) {
      return CompletableFuture.completedFuture(new Sent(response, true));
    }
    response.close();
    return sendUnmodifiedAsync().thenApply(retried -> afterRejection(status, retried));
  }

  /** If the retry without the option succeeds, the option was the reason for the rejection. */
  private Sent afterRejection(int status, HttpResponse retried) {
    if (retried.statusCode() == BufferedResponse.OK) {
      usage.recordRejection(request, modelRequest, status);
    }
    return new Sent(retried, false);
  }
}
