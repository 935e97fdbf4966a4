package example;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;

/** Asks the same question in two wordings. */
public final class Application {
  private Application() {}

  /** Returns the source of the second answer. */
  public static Answer.Source secondSource() {
    Embedder embedder =
        Embedder.of(
            "by-country",
            2,
            text -> text.contains("France") ? new float[] {1, 0} : new float[] {0, 1});
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .maxDistance(0.1)
            .chatClient(ChatClient.of("scripted", prompt -> "Paris"))
            .build()) {
      cache.ask("What is the capital of France?");
      return cache.ask("Which city serves as France's capital?").source();
    }
  }

  public static void main(String[] arguments) {
    System.out.println(secondSource() + " in " + SemanticCache.class.getModule());
  }
}
