package io.github.semcache.testing;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.TokenUsage;
import io.github.semcache.prompt.Prompt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Numbers its answers, remembers what it was asked, and can be told what to reply. */
public final class FakeChatClient implements ChatClient {
  public static final TokenUsage USAGE = new TokenUsage(10, 5);

  private final List<Prompt> asked = new CopyOnWriteArrayList<>();
  private final Map<String, String> settings = new HashMap<>(Map.of("model", "fake-model"));
  private volatile Function<Prompt, ChatReply> behavior =
      prompt -> ChatReply.of("answer " + asked.size()).model("fake-model").usage(USAGE);

  public FakeChatClient setting(String name, String value) {
    settings.put(name, value);
    return this;
  }

  public FakeChatClient replying(Function<Prompt, ChatReply> behavior) {
    this.behavior = behavior;
    return this;
  }

  public FakeChatClient failingWith(RuntimeException failure) {
    return replying(
        prompt -> {
          throw failure;
        });
  }

  public int calls() {
    return asked.size();
  }

  public List<Prompt> asked() {
    return List.copyOf(asked);
  }

  @Override
  public ChatReply chat(Prompt prompt) {
    asked.add(prompt);
    return behavior.apply(prompt);
  }

  @Override
  public Map<String, String> settings() {
    return Map.copyOf(settings);
  }
}
