package io.github.semcache.langchain4j;

import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallDriver;
import io.github.semcache.chat.ChatClient;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One request to a streaming model with a cache. The response goes to the handler. The returned
 * futures only report exceptions that are thrown before the model takes over the handler.
 */
record StreamedChat(
    StreamingChatModel model,
    SemanticCache cache,
    ChatResponseCodec codec,
    ChatRequest request,
    ChatRequestOptions options,
    CacheableRequest cacheable,
    StreamingChatResponseHandler handler,
    ChatClient.Observer observer)
    implements CallDriver.Handler<CompletableFuture<Boolean>> {
  /**
   * Streams are coalesced only with one another: a slow handler delays its stream, and blocking
   * calls must not wait for it.
   */
  private static final String COALESCING_GROUP = "langchain4j streams";

  @Override
  public CacheCall begin() {
    return cache.begin(cacheable.prompt(), cacheable.settings(), COALESCING_GROUP);
  }

  @Override
  public CompletableFuture<Boolean> lead(CacheCall.Lead lead) {
    try {
      return lead.call(
          observer,
          cacheable.model(),
          () -> stream(new CachingHandler(handler, lead, codec, cacheable.check())));
    } catch (Throwable e) {
      lead.fail(e);
      throw e;
    }
  }

  @Override
  public CompletableFuture<Boolean> bypass() {
    return stream(handler);
  }

  private CompletableFuture<Boolean> stream(StreamingChatResponseHandler target) {
    model.chat(request, options, target);
    return CompletableFuture.completedFuture(true);
  }

  /** Returns empty; only complete responses are shared. */
  @Override
  public Optional<CompletableFuture<Boolean>> join(CacheCall.Shared shared) {
    return Optional.empty();
  }

  @Override
  public CompletableFuture<Boolean> answered(Answer answer) {
    StreamReplay.to(handler, codec.decode(answer));
    return CompletableFuture.completedFuture(true);
  }
}
