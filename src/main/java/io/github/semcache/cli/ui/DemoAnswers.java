package io.github.semcache.cli.ui;

import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.Map;

/**
 * Stands in for a language model if the page has none: returns a text that says so, after the
 * latency of a typical model. Also has the sample answers of a new store. Thread-safe.
 */
public final class DemoAnswers implements ChatClient {
  private static final Duration LATENCY = Duration.ofMillis(400);

  private static final Map<String, String> SAMPLES =
      Map.of(
          "What is the capital of France?", "The capital of France is Paris.",
          "How do I reverse a string in Python?", "Slice it backwards: text[::-1]",
          "How do I reset my password?",
              "Choose \"Forgot password\" on the sign-in page and follow the link in the e-mail.",
          "Can I cancel my subscription at any time?",
              "Yes. It ends at the end of the month in which you cancel it.",
          "What is the difference between a list and a tuple in Python?",
              "A list can be changed after its creation; a tuple cannot.",
          "Which documents do I need to open an account?",
              "A passport or an identity card, and a proof of address.");

  @Override
  public ChatReply chat(Prompt prompt) {
    try {
      Thread.sleep(LATENCY.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while simulating the latency", e);
    }
    return ChatReply.of("Demo answer: no language model was asked \"" + prompt.text() + "\".")
        .model("demo")
        .usage(new TokenUsage(14, 12));
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("model", "demo");
  }

  /** Stores the sample answers. */
  void storeSamples(SemanticCache cache, Prompt template) {
    SAMPLES.forEach(
        (question, answer) ->
            cache.put(
                Prompt.of(question).scope(template.scope()),
                ChatReply.of(answer).model("demo").usage(new TokenUsage(14, 12))));
  }
}
