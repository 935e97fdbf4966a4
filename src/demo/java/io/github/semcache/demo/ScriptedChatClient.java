package io.github.semcache.demo;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.TokenUsage;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Stands in for a language model: knows a few answers by heart, and takes its time as one would.
 */
final class ScriptedChatClient implements ChatClient {
  static final Duration THINKING_TIME = Duration.ofMillis(400);

  private static final Map<String, String> ANSWERS =
      Map.of(
          "capital", "The capital of France is Paris.",
          "reverse", "Slice it backwards: text[::-1]");

  @Override
  public ChatReply chat(Prompt prompt) {
    think();
    String question = prompt.text().toLowerCase(Locale.ROOT);
    String answer =
        ANSWERS.entrySet().stream()
            .filter(known -> question.contains(known.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("This scripted stand-in does not know that.");
    return ChatReply.of(answer).model("scripted").usage(new TokenUsage(14, 8));
  }

  private static void think() {
    try {
      Thread.sleep(THINKING_TIME.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while thinking", e);
    }
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("model", "scripted");
  }
}
