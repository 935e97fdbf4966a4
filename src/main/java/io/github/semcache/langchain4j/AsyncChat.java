package io.github.semcache.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.github.semcache.Answer;
import io.github.semcache.AsyncCacheCall;
import io.github.semcache.CacheCall;
import io.github.semcache.CacheCaller;
import io.github.semcache.SemanticCache;
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
    implements CacheCaller<ChatResponse> {

  @Override
  public CacheCall begin() {
    return cache.begin(question.prompt(), question.settings());
  }

  /** Keeps the answer off the model's own threads. */
  @Override
  public CompletableFuture<ChatResponse> lead(CacheCall.Lead lead) {
    return AsyncCacheCall.started(() -> lead.call(observer, question.model(), this::passBy))
        .whenCompleteAsync(
            (response, failure) -> {
              if (failure == null) {
                ChatResponses.keep(lead, response);
              } else {
                lead.fail(AsyncCacheCall.causeOf(failure));
              }
            },
            AsyncCacheCall.executorOf(cache));
  }

  @Override
  public CompletableFuture<ChatResponse> passBy() {
    return model.chatAsync(request, options);
  }

  /** Nothing is shared before it is whole. */
  @Override
  public Optional<ChatResponse> join(CacheCall.Shared shared) {
    return Optional.empty();
  }

  @Override
  public ChatResponse take(Answer answer) {
    return ChatResponses.response(answer.reply());
  }
}
