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

/** Passes all of a stream on, and ends the lead as the stream ends. */
record KeepingHandler(StreamingChatResponseHandler handler, CacheCall.Lead lead)
    implements StreamingChatResponseHandler {

  @Override
  public void onPartialResponse(String text) {
    handler.onPartialResponse(text);
  }

  @Override
  public void onPartialResponse(PartialResponse text, PartialResponseContext context) {
    handler.onPartialResponse(
        text, new PartialResponseContext(abandoning(context.streamingHandle())));
  }

  @Override
  public void onPartialThinking(PartialThinking thinking) {
    handler.onPartialThinking(thinking);
  }

  @Override
  public void onPartialThinking(PartialThinking thinking, PartialThinkingContext context) {
    handler.onPartialThinking(
        thinking, new PartialThinkingContext(abandoning(context.streamingHandle())));
  }

  @Override
  public void onPartialToolCall(PartialToolCall call) {
    handler.onPartialToolCall(call);
  }

  @Override
  public void onPartialToolCall(PartialToolCall call, PartialToolCallContext context) {
    handler.onPartialToolCall(
        call, new PartialToolCallContext(abandoning(context.streamingHandle())));
  }

  @Override
  public void onCompleteToolCall(CompleteToolCall call) {
    handler.onCompleteToolCall(call);
  }

  @Override
  public void onUnmappedRawEvent(Object event) {
    handler.onUnmappedRawEvent(event);
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
    lead.fail(failure);
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
