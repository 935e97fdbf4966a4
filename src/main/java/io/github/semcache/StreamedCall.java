package io.github.semcache;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.StreamingChatClient;
import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.function.Consumer;

/** One call of a model whose text the caller gets as it arrives. Used by one thread. */
final class StreamedCall implements ChatClient {
  private final ChatClient model;
  private final Consumer<String> onText;
  private boolean called;
  private boolean callerFailed;

  StreamedCall(ChatClient model, Consumer<String> onText) {
    this.model = model;
    this.onText = onText;
  }

  @Override
  public ChatReply chat(Prompt prompt) {
    called = true;
    if (model instanceof StreamingChatClient streaming) {
      return streaming.chat(prompt, this::pass);
    }
    ChatReply reply = model.chat(prompt);
    pass(reply.text());
    return reply;
  }

  private void pass(String text) {
    boolean passed = false;
    try {
      onText.accept(text);
      passed = true;
    } finally {
      callerFailed = !passed;
    }
  }

  /** Gives an answer in one piece that this call did not get from the model. */
  Answer deliver(Answer answer) {
    if (!called) {
      onText.accept(answer.text());
    }
    return answer;
  }

  /** Whether the caller, not the model, ended the call. */
  boolean callerFailed() {
    return callerFailed;
  }

  @Override
  public Map<String, String> settings() {
    return model.settings();
  }
}
