package example;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.openai.proxy.CachedOpenAi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spring AI's OpenAI model with a cached client, in a Spring Boot application. */
@SpringBootTest(classes = {SpringAiTest.CachedModel.class, SpringAiTest.Service.class})
class SpringAiTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";
  private static final AtomicInteger requests = new AtomicInteger();
  private static final HttpServer server = start();

  @Configuration
  static class CachedModel {
    // spring begins
    @Bean
    SemanticCache cache(Embedder embedder) {
      return SemanticCache.builder().embedder(embedder).build();
    }

    @Bean
    OpenAiChatModel chatModel(OpenAIClient client, SemanticCache cache) {
      OpenAIClient cached = CachedOpenAi.wrap(client, cache);
      return OpenAiChatModel.builder()
          .openAiClient(cached)
          .openAiClientAsync(cached.async())
          .options(OpenAiChatOptions.builder().model("gpt-4o-mini").build())
          .build();
    }
    // spring ends
  }

  @Configuration
  static class Service {
    @Bean(destroyMethod = "close")
    OpenAIClient client() {
      return OpenAIOkHttpClient.builder()
          .baseUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/v1")
          .apiKey("none")
          .build();
    }

    @Bean
    Embedder embedder() {
      return Embedder.of(
          "text-embedding-3-small",
          2,
          text -> text.contains("France") ? new float[] {1, 0} : new float[] {0, 1});
    }
  }

  private static HttpServer start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/v1/chat/completions", SpringAiTest::answer);
      server.start();
      return server;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.incrementAndGet();
    boolean stream = request.contains("\"stream\":true");
    exchange
        .getResponseHeaders()
        .set("Content-Type", stream ? "text/event-stream" : "application/json");
    byte[] body = (stream ? STREAM : COMPLETION).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static final String COMPLETION =
      """
      {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini",
       "choices":[{"index":0,"finish_reason":"stop","logprobs":null,
         "message":{"role":"assistant","content":"Paris","refusal":null}}],
       "usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}""";

  private static final String STREAM =
      chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null")
          + chunk("{\"content\":\"Bell\"}", "null")
          + chunk("{\"content\":\"o\"}", "null")
          + chunk("{}", "\"stop\"")
          + "data: [DONE]\n\n";

  private static String chunk(String delta, String reason) {
    return "data: {\"id\":\"chatcmpl-2\",\"object\":\"chat.completion.chunk\",\"created\":1,"
        + "\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":"
        + delta
        + ",\"finish_reason\":"
        + reason
        + "}]}\n\n";
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  @Autowired private OpenAiChatModel model;
  @Autowired private SemanticCache cache;

  @Test
  void paraphrasedQuestionIsAnsweredFromTheCacheBlockingAndStreaming() {
    ChatResponse miss = model.call(new Prompt(new UserMessage(PARIS)));
    ChatResponse hit = model.call(new Prompt(new UserMessage(PARIS_AGAIN)));

    assertThat(hit.getResult().getOutput().getText()).isEqualTo("Paris");
    assertThat(hit.getMetadata().getId()).isEqualTo(miss.getMetadata().getId());
    assertThat(hit.getMetadata().getUsage().getTotalTokens()).isEqualTo(12);
    assertThat(streamed(PARIS)).isEqualTo("Paris");
    assertThat(requests).hasValue(1);
    assertThat(cache.stats().hits()).isEqualTo(2);

    assertThat(streamed("Say hello")).isEqualTo("Bello");
    assertThat(streamed("Say hello")).isEqualTo("Bello");
    assertThat(model.call("Say hello")).isEqualTo("Bello");
    assertThat(requests).hasValue(2);
  }

  private String streamed(String question) {
    return model.stream(question).collectList().block().stream()
        .reduce("", String::concat);
  }
}
