package io.github.semcache.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallDriver;
import io.github.semcache.chat.ChatClient;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The implementation of {@link CachedChatModel#wrap(StreamingChatModel, SemanticCache)}. */
record CachedStreamingModel(
    StreamingChatModel model,
    SemanticCache cache,
    ChatRequestParser parser,
    ChatResponseCodec codec,
    ChatClient.Observer observer)
    implements StreamingChatModel {

  @Override
  public void chat(
      ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
    Optional<CacheableRequest> cacheable =
        cache.isClosed() ? Optional.empty() : parser.parse(request);
    if (cacheable.isEmpty()) {
      model.chat(request, options, handler);
      return;
    }
    StreamedChat chat =
        new StreamedChat(model, cache, codec, request, options, cacheable.get(), handler, observer);
    CompletableFuture<Boolean> unused =
        CallDriver.runAsync(cache, chat)
            .whenComplete((started, failure) -> notifyOnFailure(failure, handler));
  }

  private static void notifyOnFailure(
      @Nullable Throwable failure, StreamingChatResponseHandler handler) {
    if (failure != null) {
      handler.onError(CallDriver.causeOf(failure));
    }
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    chat(request, handler);
  }

  @Override
  public Flow.Publisher<ChatModelStreamingEvent> chat(ChatRequest request) {
    return model.chat(request);
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return model.defaultRequestParameters();
  }

  @Override
  public List<ChatModelListener> listeners() {
    return model.listeners();
  }

  @Override
  public ModelProvider provider() {
    return model.provider();
  }

  @Override
  public Set<Capability> supportedCapabilities() {
    return model.supportedCapabilities();
  }
}
