package io.github.semcache.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ModelObserver;
import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.Optional;

/**
 * One blocking request to a model with a cache. It goes through {@link SemanticCache#ask} rather
 * than {@link SemanticCache#begin} because only {@code ask} binds the lead to the calling thread: a
 * model that sends the same request to the cached model again must not wait for itself. Used by one
 * thread.
 */
final class BlockingChat implements ChatClient {
  private final ChatModel model;
  private final SemanticCache cache;
  private final ChatResponseCodec codec;
  private final ChatRequest request;
  private final ChatRequestOptions options;
  private final CacheableRequest cacheable;
  private final ModelObserver observer;
  private boolean called;
  private Optional<ChatResponse> response = Optional.empty();

  BlockingChat(
      ChatModel model,
      SemanticCache cache,
      ChatResponseCodec codec,
      ChatRequest request,
      ChatRequestOptions options,
      CacheableRequest cacheable,
      ModelObserver observer) {
    this.model = model;
    this.cache = cache;
    this.codec = codec;
    this.request = request;
    this.options = options;
    this.cacheable = cacheable;
    this.observer = observer;
  }

  /** Returns the response of the cache or of the model. */
  ChatResponse run() {
    try {
      Answer answer = cache.ask(cacheable.prompt(), this);
      return response.orElseGet(() -> codec.decode(answer.reply()));
    } catch (UncacheableResponseException e) {
      return response.orElseGet(this::bypass);
    } catch (IllegalStateException e) {
      if (cache.isClosed() && !called) {
        return bypass();
      }
      throw e;
    }
  }

  private ChatResponse bypass() {
    return model.chat(request, options);
  }

  @Override
  public ChatReply chat(Prompt prompt) {
    called = true;
    ModelObserver.Call observed = observer.isolated().begin(cacheable.model());
    try {
      ChatResponse answer = observed.run(() -> model.chat(request, options));
      response = Optional.of(answer);
      ChatReply reply = codec.encode(answer);
      observed.answered(reply);
      return reply;
    } catch (UncacheableResponseException e) {
      observed.abandoned();
      throw e;
    } catch (Throwable e) {
      observed.failed(e);
      throw e;
    }
  }

  @Override
  public Map<String, String> settings() {
    return cacheable.settings();
  }
}
