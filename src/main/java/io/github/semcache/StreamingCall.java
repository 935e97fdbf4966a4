package io.github.semcache;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.function.Consumer;

/** One call to a model that passes the text to a consumer as it arrives. Not thread-safe. */
final class StreamingCall implements ChatClient {
  private final ChatClient model;
  private final Consumer<String> onText;
  private boolean called;
  private boolean consumerFailed;

  StreamingCall(ChatClient model, Consumer<String> onText) {
    this.model = model;
    this.onText = onText;
  }

  /** Returns the model without the consumer. */
  ChatClient model() {
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

  /** Passes an answer to the consumer in one piece, unless this call received it from the model. */
  Answer deliver(Answer answer) {
    if (!called) {
      onText.accept(answer.text());
    }
    return answer;
  }

  /** Returns whether the consumer ended the call, not the model. */
  boolean consumerFailed() {
    return consumerFailed;
  }

  @Override
  public Map<String, String> settings() {
    return model.settings();
  }
}
