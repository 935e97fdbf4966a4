package io.github.semcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.github.semcache.CacheCall;
import org.jspecify.annotations.Nullable;

/**
 * Passes all of a stream on, and ends the lead as the stream ends. A model tells a handler what the
 * handler itself threw; that is no failure of those who wait for the answer.
 */
final class CachingHandler implements StreamingChatResponseHandler {
  private final StreamingChatResponseHandler handler;
  private final CacheCall.Lead lead;
  private volatile @Nullable Throwable ofHandler;

  CachingHandler(StreamingChatResponseHandler handler, CacheCall.Lead lead) {
    this.handler = handler;
    this.lead = lead;
  }

  private void pass(Runnable event) {
    try {
      event.run();
    } catch (Throwable e) {
      ofHandler = e;
      throw e;
    }
  }

  @Override
  public void onPartialResponse(String text) {
    pass(() -> handler.onPartialResponse(text));
  }

  @Override
  public void onPartialResponse(PartialResponse text, PartialResponseContext context) {
    pass(
        () ->
            handler.onPartialResponse(
                text, new PartialResponseContext(abandoning(context.streamingHandle()))));
  }

  @Override
  public void onPartialThinking(PartialThinking thinking) {
    pass(() -> handler.onPartialThinking(thinking));
  }

  @Override
  public void onPartialThinking(PartialThinking thinking, PartialThinkingContext context) {
    pass(
        () ->
            handler.onPartialThinking(
                thinking, new PartialThinkingContext(abandoning(context.streamingHandle()))));
  }

  @Override
  public void onPartialToolCall(PartialToolCall call) {
    pass(() -> handler.onPartialToolCall(call));
  }

  @Override
  public void onPartialToolCall(PartialToolCall call, PartialToolCallContext context) {
    pass(
        () ->
            handler.onPartialToolCall(
                call, new PartialToolCallContext(abandoning(context.streamingHandle()))));
  }

  @Override
  public void onCompleteToolCall(CompleteToolCall call) {
    pass(() -> handler.onCompleteToolCall(call));
  }

  @Override
  public void onUnmappedRawEvent(Object event) {
    pass(() -> handler.onUnmappedRawEvent(event));
  }

  @Override
  public void onCompleteResponse(ChatResponse response) {
    try {
      ChatResponses.keep(lead, response);
    } catch (RuntimeException e) {
      handler.onError(e);
      return;
    }
    handler.onCompleteResponse(response);
  }

  @Override
  public void onError(Throwable failure) {
    if (failure == ofHandler) {
      lead.abandon();
    } else {
      lead.fail(failure);
    }
    handler.onError(failure);
  }

  /** A model need not call a handler any more that has cancelled its stream. */
  private StreamingHandle abandoning(StreamingHandle handle) {
    return new AbandoningHandle(handle, lead);
  }

  /** Cancels the stream and gives the lead up. */
  private record AbandoningHandle(StreamingHandle handle, CacheCall.Lead lead)
      implements StreamingHandle {

    @Override
    public void cancel() {
      lead.abandon();
      handle.cancel();
    }

    @Override
    public boolean isCancelled() {
      return handle.isCancelled();
    }
  }
}
