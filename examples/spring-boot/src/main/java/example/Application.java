package example;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** An application that knows nothing about the cache. */
@SpringBootApplication
@RestController
public class Application {
  private final ChatClient client;

  Application(ChatClient.Builder builder) {
    client = builder.build();
  }

  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  @GetMapping("/ask")
  String ask(@RequestParam String question) {
    return client.prompt(question).call().content();
  }

  record City(String name) {}

  @GetMapping("/city")
  String city(@RequestParam String question) {
    return client.prompt(question).call().entity(City.class).name();
  }
}
