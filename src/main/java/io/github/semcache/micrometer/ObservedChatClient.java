package io.github.semcache.micrometer;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import io.micrometer.observation.ObservationRegistry;
import java.util.Map;

/** {@link CacheObservations#observe(ChatClient, String)}. */
record ObservedChatClient(ChatClient client, String provider, ObservationRegistry registry)
    implements ChatClient {

  @Override
  public ChatReply chat(Prompt prompt) {
    return ModelObservation.observe(client, provider, registry, () -> client.chat(prompt));
  }

  @Override
  public Map<String, String> settings() {
    return client.settings();
  }
}
