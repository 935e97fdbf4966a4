package io.github.semcache.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import org.jspecify.annotations.Nullable;

/**
 * Replays a complete response to a handler, each part of it in one piece. Stops when the handler
 * cancels the stream.
 */
final class StreamReplay implements StreamingHandle {
  private volatile boolean cancelled;

  private StreamReplay() {}

  static void to(StreamingChatResponseHandler handler, ChatResponse response) {
    new StreamReplay().run(handler, response);
  }

  private void run(StreamingChatResponseHandler handler, ChatResponse response) {
    AiMessage message = response.aiMessage();
    @Nullable String thinking = message.thinking();
    @Nullable String text = message.text();
    if (thinking != null) {
      handler.onPartialThinking(new PartialThinking(thinking), new PartialThinkingContext(this));
    }
    if (text != null && !text.isEmpty() && !cancelled) {
      handler.onPartialResponse(new PartialResponse(text), new PartialResponseContext(this));
    }
    int index = 0;
    for (ToolExecutionRequest request : message.toolExecutionRequests()) {
      if (!cancelled) {
        handler.onCompleteToolCall(new CompleteToolCall(index++, request));
      }
    }
    if (!cancelled) {
      handler.onCompleteResponse(response);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }
}
