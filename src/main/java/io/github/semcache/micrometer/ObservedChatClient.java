package io.github.semcache.micrometer;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.function.Supplier;

/** A chat client whose calls are observed. */
record ObservedChatClient(ChatClient client, ChatClient.Observer observer) implements ChatClient {

  @Override
  public ChatReply chat(Prompt prompt) {
    return observe(client, observer, () -> client.chat(prompt));
  }

  static ChatReply observe(
      ChatClient client, ChatClient.Observer observer, Supplier<ChatReply> call) {
    ChatClient.Observer.Call observed =
        observer.isolated().begin(client.settings().getOrDefault("model", "unknown"));
    try {
      ChatReply reply = observed.run(call);
      observed.answered(reply);
      return reply;
    } catch (Throwable e) {
      observed.failed(e);
      throw e;
    }
  }

  @Override
  public Map<String, String> settings() {
    return client.settings();
  }
}
