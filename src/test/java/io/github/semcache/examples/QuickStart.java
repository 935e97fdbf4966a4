package io.github.semcache.examples;

// quick start begins
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.openai.OpenAiChatClient;
import io.github.semcache.openai.OpenAiEmbedder;
import java.time.Duration;

public class QuickStart {
  public static void main(String[] args) {
    run(OpenAIOkHttpClient.fromEnv()); // reads OPENAI_API_KEY
  }

  static void run(OpenAIClient client) {
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(OpenAiEmbedder.of(client))
            .chatClient(OpenAiChatClient.of(client))
            .timeToLive(Duration.ofHours(12))
            .build()) {
      cache.ask("What is the capital of France?"); // calls the model
      Answer answer = cache.ask("Which city serves as France's capital?"); // does not

      System.out.println(answer.source() + ": " + answer.text()); // SEMANTIC: Paris
    }
  }
}
