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
import io.github.semcache.internal.json.AnswerCheck;
import org.jspecify.annotations.Nullable;

/**
 * Forwards a stream to the caller's handler and stores the complete response. The lead ends when
 * the stream ends. An exception that the caller's handler throws, and that the model reports back
 * to {@link #onError}, abandons the lead: the calls that wait for it do not fail.
 */
final class CachingHandler implements StreamingChatResponseHandler {
  private final StreamingChatResponseHandler handler;
  private final CacheCall.Lead lead;
  private final ChatResponseCodec codec;
  private final AnswerCheck check;
  private volatile @Nullable Throwable handlerFailure;

  CachingHandler(
      StreamingChatResponseHandler handler,
      CacheCall.Lead lead,
      ChatResponseCodec codec,
      AnswerCheck check) {
    this.handler = handler;
    this.lead = lead;
    this.codec = codec;
    this.check = check;
  }

  private void forward(Runnable event) {
    try {
      event.run();
    } catch (Throwable e) {
      handlerFailure = e;
      throw e;
    }
  }

  @Override
  public void onPartialResponse(String text) {
    forward(() -> handler.onPartialResponse(text));
  }

  @Override
  public void onPartialResponse(PartialResponse text, PartialResponseContext context) {
    forward(
        () ->
            handler.onPartialResponse(
                text, new PartialResponseContext(abandoning(context.streamingHandle()))));
  }

  @Override
  public void onPartialThinking(PartialThinking thinking) {
    forward(() -> handler.onPartialThinking(thinking));
  }

  @Override
  public void onPartialThinking(PartialThinking thinking, PartialThinkingContext context) {
    forward(
        () ->
            handler.onPartialThinking(
                thinking, new PartialThinkingContext(abandoning(context.streamingHandle()))));
  }

  @Override
  public void onPartialToolCall(PartialToolCall call) {
    forward(() -> handler.onPartialToolCall(call));
  }

  @Override
  public void onPartialToolCall(PartialToolCall call, PartialToolCallContext context) {
    forward(
        () ->
            handler.onPartialToolCall(
                call, new PartialToolCallContext(abandoning(context.streamingHandle()))));
  }

  @Override
  public void onCompleteToolCall(CompleteToolCall call) {
    forward(() -> handler.onCompleteToolCall(call));
  }

  @Override
  public void onUnmappedRawEvent(Object event) {
    forward(() -> handler.onUnmappedRawEvent(event));
  }

  @Override
  public void onCompleteResponse(ChatResponse response) {
    try {
      codec.complete(lead, response, check);
    } catch (RuntimeException e) {
      handler.onError(e);
      return;
    }
    handler.onCompleteResponse(response);
  }

  @Override
  public void onError(Throwable failure) {
    if (failure == handlerFailure) {
      lead.abandon();
    } else {
      lead.fail(failure);
    }
    handler.onError(failure);
  }

  /** Abandons the lead on cancellation, because a model may then stop calling its handler. */
  private StreamingHandle abandoning(StreamingHandle handle) {
    return new AbandoningHandle(handle, lead);
  }

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
