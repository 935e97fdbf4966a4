package io.github.semcache.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.client.OpenAIClient;
import io.github.semcache.embedding.Embedder;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** Base class for tests with a server and a real client. */
abstract class OpenAiTest {
  final FakeOpenAiServer server = FakeOpenAiServer.start();
  final OpenAIClient client = server.client();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  /** Returns a client with a short timeout and no retries. The caller closes it. */
  OpenAIClient clientWithShortTimeout() {
    return server.client(options -> options.timeout(Duration.ofMillis(200)).maxRetries(0));
  }

  /** Returns an embedder for a model with two components. */
  static Embedder plane(OpenAIClient client) {
    return OpenAiEmbedder.builder(client).model("plane").modelDimension(2).build();
  }

  /** Returns a reply to an embedding request with the given items. */
  static FakeReply data(String items) {
    return FakeReply.body(
        200,
        "{\"object\": \"list\", \"model\": \"plane\", \"data\": ["
            + items
            + "], \"usage\": {\"prompt_tokens\": 1, \"total_tokens\": 1}}");
  }

  static JsonNode json(String json) throws JsonProcessingException {
    return new JsonMapper().readTree(json);
  }
}
