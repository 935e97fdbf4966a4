package io.github.semcache.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallDriver;
import io.github.semcache.chat.ChatClient;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One asynchronous request to a model with a cache. */
record AsyncChat(
    ChatModel model,
    SemanticCache cache,
    ChatResponseCodec codec,
    ChatRequest request,
    ChatRequestOptions options,
    CacheableRequest cacheable,
    ChatClient.Observer observer)
    implements CallDriver.Handler<CompletableFuture<ChatResponse>> {

  @Override
  public CacheCall begin() {
    return cache.begin(cacheable.prompt(), cacheable.settings());
  }

  /**
   * Calls the model, and stores the response on the cache's executor, not on the model's thread.
   */
  @Override
  public CompletableFuture<ChatResponse> lead(CacheCall.Lead lead) {
    return CallDriver.start(() -> lead.call(observer, cacheable.model(), this::bypass))
        .whenCompleteAsync(
            (response, failure) -> {
              if (failure == null) {
                codec.complete(lead, response, cacheable.check());
              } else {
                lead.fail(CallDriver.causeOf(failure));
              }
            },
            CallDriver.executorOf(cache));
  }

  @Override
  public CompletableFuture<ChatResponse> bypass() {
    return model.chatAsync(request, options);
  }

  /** Returns empty; only complete responses are shared. */
  @Override
  public Optional<CompletableFuture<ChatResponse>> join(CacheCall.Shared shared) {
    return Optional.empty();
  }

  @Override
  public CompletableFuture<ChatResponse> answered(Answer answer) {
    return CompletableFuture.completedFuture(codec.decode(answer));
  }
}
