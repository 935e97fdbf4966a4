package example;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** An application whose configuration does not contain the address of its Redis server. */
@SpringBootApplication
public class Application {

  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  @Bean
  Embedder embedder() {
    return Embedder.of(
        "by-country",
        2,
        text -> text.contains("France") ? new float[] {1, 0} : new float[] {0, 1});
  }

  @Bean
  ChatClient chatClient() {
    return ChatClient.of("scripted", prompt -> "Paris");
  }
}
