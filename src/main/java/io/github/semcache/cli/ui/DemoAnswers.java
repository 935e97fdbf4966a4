package io.github.semcache.cli.ui;

import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import java.time.Duration;
import java.util.Map;

/**
 * The chat model of a page without a language model. It returns a text that says so, after the
 * latency of a typical model. DemoAnswers also contains the sample answers of a new store.
 * DemoAnswers is thread-safe.
 */
public final class DemoAnswers implements ChatClient {
  private static final String MODEL = "demo";
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
    return reply("Demo answer: no language model was asked \"" + prompt.text() + "\".");
  }

  private static ChatReply reply(String text) {
    return ChatReply.of(text).model(MODEL).usage(new TokenUsage(14, 12));
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("model", MODEL);
  }

  /** Stores the sample answers. */
  void storeSamples(SemanticCache cache, Scope scope) {
    SAMPLES.forEach(
        (question, answer) -> cache.put(Prompt.of(question).scope(scope), reply(answer)));
  }
}
