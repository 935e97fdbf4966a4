package io.github.semcache.micrometer;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ModelObserver;
import io.github.semcache.chat.ObservedCall;
import java.util.function.Supplier;

/** Observes the blocking calls of a chat client. */
final class ModelObservation {

  private ModelObservation() {}

  static ChatReply observe(ChatClient client, ModelObserver observer, Supplier<ChatReply> call) {
    ObservedCall observed =
        ObservedCall.begin(observer, client.settings().getOrDefault("model", "unknown"));
    try {
      ChatReply reply = observed.run(call);
      observed.answered(reply);
      return reply;
    } catch (Throwable e) {
      observed.failed(e);
      throw e;
    }
  }
}
