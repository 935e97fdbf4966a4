package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code replay --embedder openai} with the real client and a local server. */
class OpenAiReplayTest {
  private final FakeOpenAiServer server =
      FakeOpenAiServer.start().dimension(512).sameMeaning("Where's my card?", "Where is my card?");

  @TempDir Path directory;

  @AfterEach
  void stopServer() {
    server.close();
  }

  private CliRun replay(Map<String, String> environment, String... more) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("prompts.csv"),
            "prompt,label\nWhere is my card?,arrival\nHow do I pay?,pay\nWhere's my card?,arrival\n");
    String[] args = {
      "replay",
      file.toString(),
      "--label=label",
      "--embedder=openai:bge-m3",
      "--dimension=512",
      "--json",
      "--embedding-cache=" + directory.resolve("cache")
    };
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return CliRun.of(new CliEnvironment(environment, false, FakeEmbedder::new), all);
  }

  @Test
  void modelKeyAndBaseUrlAreUsedAndEmbeddingsCached() throws IOException {
    Map<String, String> environment =
        Map.of("OPENAI_BASE_URL", server.baseUrl(), "OPENAI_API_KEY", "secret-key");

    JsonNode json = replay(environment).json();
    replay(environment).json();

    assertThat(json.get("hits").asInt()).isEqualTo(1);
    assertThat(json.get("embedder").asText()).isEqualTo("bge-m3");
    assertThat(server.requests(FakeOpenAiServer.EMBEDDINGS))
        .as("the prompts, and the texts that measure the scale of the model")
        .hasSize(2);
    assertThat(server.requests().get(0).header("authorization")).contains("Bearer secret-key");
    assertThat(server.requests().get(0).body().get("model").asText()).isEqualTo("bge-m3");
  }

  @Test
  void serviceAtABaseUrlRequiresNoApiKey() throws IOException {
    JsonNode json = replay(Map.of(), "--base-url", server.baseUrl()).json();

    assertThat(json.get("hits").asInt()).isEqualTo(1);
  }

  @Test
  void failureOfTheServiceIsOneLineWithoutPrompts() throws IOException {
    server.always(
        FakeOpenAiServer.EMBEDDINGS,
        (request, exchange) -> {
          exchange.sendResponseHeaders(401, -1);
          exchange.close();
        });

    CliRun run = replay(Map.of(), "--base-url", server.baseUrl());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("HTTP status 401").doesNotContain("card").hasLineCount(1);
  }
}
