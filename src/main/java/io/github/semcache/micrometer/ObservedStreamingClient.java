package io.github.semcache.micrometer;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.function.Consumer;

/** A streaming chat client whose calls are observed. */
record ObservedStreamingClient(ChatClient.Streaming client, ChatClient.Observer observer)
    implements ChatClient.Streaming {

  @Override
  public ChatReply chat(Prompt prompt) {
    return ObservedChatClient.observe(client, observer, () -> client.chat(prompt));
  }

  @Override
  public ChatReply chat(Prompt prompt, Consumer<String> onText) {
    return ObservedChatClient.observe(client, observer, () -> client.chat(prompt, onText));
  }

  @Override
  public Map<String, String> settings() {
    return client.settings();
  }
}
