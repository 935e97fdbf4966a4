package io.github.semcache.langchain4j;

import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallHandler;
import io.github.semcache.chat.ModelObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One request to a streaming model with a cache. It gives nothing back: its handler is told the
 * answer, and what fails before the model streams.
 */
record StreamedChat(
    StreamingChatModel model,
    SemanticCache cache,
    ChatRequest request,
    ChatRequestOptions options,
    ChatRequests.Question question,
    StreamingChatResponseHandler handler,
    ModelObserver observer)
    implements CallHandler<CompletableFuture<Boolean>> {
  /** A handler may hold its stream up; callers that want no stream must not wait for it. */
  private static final String LANE = "langchain4j streams";

  @Override
  public CacheCall begin() {
    return cache.begin(question.prompt(), question.settings(), LANE);
  }

  @Override
  public CompletableFuture<Boolean> lead(CacheCall.Lead lead) {
    try {
      return lead.call(observer, question.model(), () -> stream(new CachingHandler(handler, lead)));
    } catch (Throwable e) {
      lead.fail(e);
      throw e;
    }
  }

  @Override
  public CompletableFuture<Boolean> bypass() {
    return stream(handler);
  }

  private CompletableFuture<Boolean> stream(StreamingChatResponseHandler to) {
    model.chat(request, options, to);
    return CompletableFuture.completedFuture(true);
  }

  /** Nothing is shared before it is whole. */
  @Override
  public Optional<CompletableFuture<Boolean>> join(CacheCall.Shared shared) {
    return Optional.empty();
  }

  @Override
  public CompletableFuture<Boolean> answered(Answer answer) {
    StreamReplay.to(handler, ChatResponses.response(answer.reply()));
    return CompletableFuture.completedFuture(true);
  }
}
