package io.github.semcache.testkit;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.prompt.Prompt;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A chat client without a model. Replies "answer 1", "answer 2", and so on, unless {@link
 * #replying} or {@link #failingWith} changes that, and records the prompts. Thread-safe.
 */
public final class FakeChatClient implements ChatClient {
  /** The token usage of the default replies. */
  public static final TokenUsage USAGE = new TokenUsage(10, 5);

  private final List<Prompt> asked = new CopyOnWriteArrayList<>();
  private final Map<String, String> settings =
      new ConcurrentHashMap<>(Map.of("model", "fake-model"));
  private volatile Function<Prompt, ChatReply> behavior =
      prompt -> ChatReply.of("answer " + asked.size()).model("fake-model").usage(USAGE);

  /** Creates a client with the single setting {@code model=fake-model}. */
  public FakeChatClient() {}

  /**
   * Sets a model setting.
   *
   * @param name the name of the setting
   * @param value its value
   * @return this client
   */
  public FakeChatClient setting(String name, String value) {
    settings.put(name, value);
    return this;
  }

  /**
   * Sets the function that replies to prompts.
   *
   * @param behavior the function; it may block or throw
   * @return this client
   */
  public FakeChatClient replying(Function<Prompt, ChatReply> behavior) {
    this.behavior = behavior;
    return this;
  }

  /**
   * Makes all calls fail.
   *
   * @param failure the exception to throw
   * @return this client
   */
  public FakeChatClient failingWith(RuntimeException failure) {
    return replying(
        prompt -> {
          throw failure;
        });
  }

  /**
   * Returns the number of calls, failed ones included.
   *
   * @return the number of calls
   */
  public int calls() {
    return asked.size();
  }

  /**
   * Returns the prompts of all calls, failed ones included.
   *
   * @return the prompts, in order
   */
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
