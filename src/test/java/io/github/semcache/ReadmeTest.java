package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.OpenAiChatClient;
import io.github.semcache.openai.OpenAiEmbedder;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The README's example is the code below, and does what its comments say. */
class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final Path THIS = Path.of("src/test/java/io/github/semcache/ReadmeTest.java");

  private static void example(OpenAIClient client, PrintStream out) {
    // example begins
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(OpenAiEmbedder.of(client))
            .chatClient(OpenAiChatClient.of(client))
            .timeToLive(Duration.ofHours(12))
            .build()) {
      cache.ask("What is the capital of France?"); // asks the model
      Answer answer = cache.ask("Which city serves as France's capital?"); // does not

      out.println(answer.source() + ": " + answer.text()); // SEMANTIC: Paris
    }
    // example ends
  }

  @Test
  void exampleDoesWhatItSays() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (FakeOpenAiServer server = FakeOpenAiServer.start()) {
      server.answer("What is the capital of France?", "Paris");
      server.sameMeaning(
          "Which city serves as France's capital?", "What is the capital of France?");

      example(server.client(), new PrintStream(printed, true, StandardCharsets.UTF_8));

      assertThat(server.requests(FakeOpenAiServer.CHAT)).hasSize(1);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("SEMANTIC: Paris");
  }

  /** Compiled, but not run: it would write to whatever server is there. */
  static List<RedisVectorStore> stores(Embedder embedder) {
    // stores begin
    RedisVectorStore store = RedisVectorStore.connect("redis://localhost:6379", embedder);

    RedisConnection connection =
        RedisConnection.of("rediss://app:secret@redis.example")
            .socketTimeout(Duration.ofMillis(200));
    RedisVectorStore tuned =
        RedisVectorStore.builder(connection, EmbeddingSpace.of(embedder))
            .cacheName("support")
            .vectorIndex(VectorIndex.hnsw().efRuntime(128))
            .build();
    // stores end
    return List.of(store, tuned);
  }

  @Test
  void examplesStandInTheReadme() throws Exception {
    assertThat(Files.readString(README))
        .contains("```java\n" + lines("example begins", "example ends") + "\n```")
        .contains("```java\n" + lines("stores begin", "stores end") + "\n```");
  }

  private static String lines(String begin, String end) throws IOException {
    List<String> source = Files.readAllLines(THIS);
    return source
        .subList(source.indexOf("    // " + begin) + 1, source.indexOf("    // " + end))
        .stream()
        .map(line -> line.isEmpty() ? line : line.substring(4))
        .map(line -> line.replace("out.println", "System.out.println"))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void readmeIsShort() throws Exception {
    assertThat(Files.readAllLines(README)).hasSizeLessThan(210);
  }
}
