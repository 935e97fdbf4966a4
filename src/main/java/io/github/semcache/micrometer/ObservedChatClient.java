package io.github.semcache.micrometer;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ModelObserver;
import io.github.semcache.prompt.Prompt;
import java.util.Map;

/** {@link CacheObservations#observe(ChatClient, String)}. */
record ObservedChatClient(ChatClient client, ModelObserver observer) implements ChatClient {

  @Override
  public ChatReply chat(Prompt prompt) {
    return ModelObservation.observe(client, observer, () -> client.chat(prompt));
  }

  @Override
  public Map<String, String> settings() {
    return client.settings();
  }
}
