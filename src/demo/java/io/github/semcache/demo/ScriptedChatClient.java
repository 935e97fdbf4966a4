package io.github.semcache.demo;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** Simulates a language model: returns fixed answers after the latency of a typical model. */
final class ScriptedChatClient implements ChatClient {
  static final Duration LATENCY = Duration.ofMillis(400);

  private static final Map<String, String> ANSWERS =
      Map.of(
          "capital of france", "The capital of France is Paris.",
          "france's capital", "The capital of France is Paris.",
          "reverse", "Slice it backwards: text[::-1]");

  @Override
  public ChatReply chat(Prompt prompt) {
    sleep();
    String question = prompt.text().toLowerCase(Locale.ROOT);
    String answer =
        ANSWERS.entrySet().stream()
            .filter(entry -> question.contains(entry.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("A scripted answer to: " + prompt.text());
    return ChatReply.of(answer).model("scripted").usage(new TokenUsage(14, 8));
  }

  private static void sleep() {
    try {
      Thread.sleep(LATENCY.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while simulating the latency", e);
    }
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("model", "scripted");
  }
}
