package io.github.semcache.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallDriver;
import io.github.semcache.adapter.CallHandler;
import io.github.semcache.chat.ModelObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One asynchronous request to a model with a cache. */
record AsyncChat(
    ChatModel model,
    SemanticCache cache,
    ChatRequest request,
    ChatRequestOptions options,
    ChatRequests.Question question,
    ModelObserver observer)
    implements CallHandler<CompletableFuture<ChatResponse>> {

  @Override
  public CacheCall begin() {
    return cache.begin(question.prompt(), question.settings());
  }

  /** Keeps the answer off the model's own threads. */
  @Override
  public CompletableFuture<ChatResponse> lead(CacheCall.Lead lead) {
    return CallDriver.start(() -> lead.call(observer, question.model(), this::bypass))
        .whenCompleteAsync(
            (response, failure) -> {
              if (failure == null) {
                ChatResponses.keep(lead, response);
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

  /** Nothing is shared before it is whole. */
  @Override
  public Optional<CompletableFuture<ChatResponse>> join(CacheCall.Shared shared) {
    return Optional.empty();
  }

  @Override
  public CompletableFuture<ChatResponse> answered(Answer answer) {
    return CompletableFuture.completedFuture(ChatResponses.response(answer.reply()));
  }
}
