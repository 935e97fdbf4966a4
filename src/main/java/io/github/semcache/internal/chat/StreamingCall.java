package io.github.semcache.internal.chat;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.function.Consumer;

/** One call to a model that passes the text to a consumer as it arrives. Not thread-safe. */
public final class StreamingCall implements ChatClient {
  private final ChatClient model;
  private final Consumer<String> onText;
  private boolean called;
  private boolean consumerFailed;

  /**
   * Creates a call.
   *
   * @param model the model
   * @param onText receives the pieces of the text on the thread of {@link #chat}
   */
  public StreamingCall(ChatClient model, Consumer<String> onText) {
    this.model = model;
    this.onText = onText;
  }

  /**
   * Returns the model without the consumer.
   *
   * @return the model
   */
  public ChatClient model() {
    return model;
  }

  @Override
  public ChatReply chat(Prompt prompt) {
    called = true;
    if (model instanceof ChatClient.Streaming streaming) {
      return streaming.chat(prompt, this::consume);
    }
    ChatReply reply = model.chat(prompt);
    consume(reply.text());
    return reply;
  }

  private void consume(String text) {
    boolean consumed = false;
    try {
      onText.accept(text);
      consumed = true;
    } finally {
      consumerFailed = !consumed;
    }
  }

  /**
   * Passes an answer to the consumer in one piece, unless this call received it from the model.
   *
   * @param answer the text of the answer
   */
  public void deliver(String answer) {
    if (!called) {
      onText.accept(answer);
    }
  }

  /**
   * Returns whether the consumer ended the call, not the model.
   *
   * @return true if the consumer threw an exception
   */
  public boolean consumerFailed() {
    return consumerFailed;
  }

  @Override
  public Map<String, String> settings() {
    return model.settings();
  }
}
