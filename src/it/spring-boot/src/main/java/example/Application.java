package example;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Uses the cache that Spring Boot configures, with an embedder and a model of its own. */
@SpringBootApplication
public class Application {
  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  @Bean
  Embedder embedder() {
    return Embedder.of(
        "text-embedding-3-small",
        2,
        text -> text.contains("France") ? new float[] {1, 0} : new float[] {0, 1});
  }

  @Bean
  ChatClient chatClient() {
    return ChatClient.of("cities", prompt -> "Paris");
  }

  @RestController
  static class Questions {
    private final SemanticCache cache;

    Questions(SemanticCache cache) {
      this.cache = cache;
    }

    @GetMapping("/ask")
    String ask(@RequestParam String question) {
      Answer answer = cache.ask(question);
      return answer.source() + " " + answer.text();
    }
  }
}
