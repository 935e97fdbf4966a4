package io.github.semcache.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A chat model that numbers its answers. */
final class FakeModel implements ChatModel {
  private static final ChatRequestParameters DEFAULTS =
      ChatRequestParameters.builder().modelName("fake").build();

  private final AtomicInteger calls = new AtomicInteger();
  private CountDownLatch gate = new CountDownLatch(0);
  private @Nullable ChatResponse reply;
  private @Nullable RuntimeException failure;

  FakeModel replying(ChatResponse reply) {
    this.reply = reply;
    return this;
  }

  FakeModel failingWith(RuntimeException failure) {
    this.failure = failure;
    return this;
  }

  FakeModel waitingFor(CountDownLatch gate) {
    this.gate = gate;
    return this;
  }

  int calls() {
    return calls.get();
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return DEFAULTS;
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    int number = calls.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (failure != null) {
      throw failure;
    }
    return reply != null
        ? reply
        : ChatResponse.builder()
            .aiMessage(AiMessage.from("answer " + number))
            .modelName("fake")
            .id("id-" + number)
            .tokenUsage(new TokenUsage(10, 5))
            .finishReason(FinishReason.STOP)
            .build();
  }

  @Override
  public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
    return CompletableFuture.supplyAsync(() -> doChat(request));
  }

  /** Returns a streaming model that streams the answers of this model word by word. */
  StreamingChatModel streaming() {
    return new Streaming(this);
  }

  private record Streaming(FakeModel model) implements StreamingChatModel {
    @Override
    public ChatRequestParameters defaultRequestParameters() {
      return DEFAULTS;
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
      ChatResponse response;
      try {
        response = model.doChat(request);
      } catch (RuntimeException e) {
        handler.onError(e);
        return;
      }
      Handle handle = new Handle(new AtomicBoolean());
      for (String part : response.aiMessage().text().split("(?= )", -1)) {
        if (!handle.isCancelled()) {
          handler.onPartialResponse(new PartialResponse(part), new PartialResponseContext(handle));
        }
      }
      if (!handle.isCancelled()) {
        handler.onCompleteResponse(response);
      }
    }
  }

  private record Handle(AtomicBoolean cancelled) implements StreamingHandle {
    @Override
    public void cancel() {
      cancelled.set(true);
    }

    @Override
    public boolean isCancelled() {
      return cancelled.get();
    }
  }
}
