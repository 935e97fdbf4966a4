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

/** One blocking request to a model with a cache. */
record BlockingChat(
    ChatModel model,
    SemanticCache cache,
    ChatResponseCodec codec,
    ChatRequest request,
    ChatRequestOptions options,
    CacheableRequest cacheable,
    ChatClient.Observer observer)
    implements CallDriver.Handler<ChatResponse> {

  @Override
  public CacheCall begin() {
    return cache.beginOnThread(cacheable.prompt(), cacheable.settings());
  }

  @Override
  public ChatResponse lead(CacheCall.Lead lead) {
    ChatResponse response;
    try {
      response = lead.call(observer, cacheable.model(), this::bypass);
    } catch (Throwable e) {
      lead.fail(e);
      throw e;
    }
    codec.complete(lead, response, cacheable.check());
    return response;
  }

  @Override
  public ChatResponse bypass() {
    return model.chat(request, options);
  }

  /** Returns empty; only complete responses are shared. */
  @Override
  public Optional<ChatResponse> join(CacheCall.Shared shared) {
    return Optional.empty();
  }

  @Override
  public ChatResponse answered(Answer answer) {
    return codec.decode(answer);
  }
}
