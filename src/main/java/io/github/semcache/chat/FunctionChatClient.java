package io.github.semcache.chat;

import static java.util.Objects.requireNonNull;

import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.function.Function;

/** The client of {@link ChatClient#of}. */
record FunctionChatClient(String model, Function<Prompt, String> function) implements ChatClient {

  FunctionChatClient {
    requireNonNull(model, "model");
    requireNonNull(function, "function");
  }

  @Override
  public ChatReply chat(Prompt prompt) {
    return ChatReply.of(function.apply(prompt)).model(model);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("model", model);
  }
}
