package io.github.semcache.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.client.OpenAIClient;
import io.github.semcache.embedding.Embedder;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** A server for each test, and a real client of it. */
abstract class OpenAiTest {
  final FakeOpenAiServer server = FakeOpenAiServer.start();
  final OpenAIClient client = server.client();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  /** A client that neither waits nor tries again; the caller closes it. */
  OpenAIClient impatient() {
    return server.client(options -> options.timeout(Duration.ofMillis(200)).maxRetries(0));
  }

  /** Of a model with two components. */
  static Embedder plane(OpenAIClient client) {
    return OpenAiEmbedder.builder(client).model("plane").modelDimension(2).build();
  }

  /** A reply to an embedding request, of the JSON of its items. */
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
