package example;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts the application with a local server in place of the service of OpenAI. */
class ApplicationTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private static final AtomicInteger completions = new AtomicInteger();
  private static HttpServer service;

  @BeforeAll
  static void startService() throws IOException {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/", ApplicationTest::answer);
    service.start();
  }

  @AfterAll
  static void stopService() {
    service.stop(0);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean embedding = exchange.getRequestURI().getPath().endsWith("/embeddings");
    String body = embedding ? embeddings(request) : completion(request);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String embeddings(String request) {
    String vector = request.contains("France") ? "[1.0, 0.0]" : "[0.0, 1.0]";
    return """
    {"object":"list","model":"text-embedding-3-small","usage":{"prompt_tokens":5,"total_tokens":5},
     "data":[{"object":"embedding","index":0,"embedding":%s}]}"""
        .formatted(vector);
  }

  private static String completion(String request) {
    completions.incrementAndGet();
    String answer = request.contains("JSON") ? "{\"name\": \"Paris\"}" : "Paris";
    return """
    {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini",
     "choices":[{"index":0,"finish_reason":"stop","logprobs":null,
       "message":{"role":"assistant","content":"%s","refusal":null}}],
     "usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}"""
        .formatted(answer.replace("\"", "\\\""));
  }

  @Test
  void questionInOtherWordsIsAnsweredFromTheCacheInMemory() throws Exception {
    try (ConfigurableApplicationContext context = start("--semcache.store=memory")) {
      assertHits(context);
    }
  }

  @Test
  @EnabledIf("redisIsOnThePath")
  void questionInOtherWordsIsAnsweredFromRedisAfterARestart() throws Exception {
    int port = freePort();
    Path directory = Files.createTempDirectory("redis");
    Process redis =
        new ProcessBuilder(
                "redis-stack-server", "--port", "" + port, "--bind", "127.0.0.1", "--dir", "" + directory)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      awaitPort(port);
      try (ConfigurableApplicationContext context = start("--semcache.redis.uri=", "--spring.data.redis.port=" + port)) {
        assertHits(context);
      }
      int before = completions.get();
      try (ConfigurableApplicationContext context =
          start("--semcache.redis.uri=redis://localhost:" + port)) {
        assertThat(get(context, "/ask?question=" + encoded(PARIS_AGAIN))).isEqualTo("Paris");
      }
      assertThat(completions).hasValue(before);
    } finally {
      redis.destroy();
      redis.waitFor();
    }
  }

  private static ConfigurableApplicationContext start(String... arguments) {
    String[] all =
        Stream.concat(
                Stream.of(
                    "--server.port=0",
                    "--management.endpoints.web.exposure.include=health,semcache,metrics",
                    "--management.endpoint.health.show-details=always",
                    "--spring.ai.openai.api-key=none",
                    "--spring.ai.openai.base-url=http://127.0.0.1:" + service.getAddress().getPort()),
                Stream.of(arguments))
            .toArray(String[]::new);
    return SpringApplication.run(Application.class, all);
  }

  private static void assertHits(ConfigurableApplicationContext context) throws Exception {
    int before = completions.get();

    assertThat(get(context, "/ask?question=" + encoded(PARIS))).isEqualTo("Paris");
    assertThat(get(context, "/ask?question=" + encoded(PARIS_AGAIN))).isEqualTo("Paris");
    assertThat(completions).hasValue(before + 1);
    assertThat(get(context, "/city?question=" + encoded(PARIS))).isEqualTo("Paris");
    assertThat(get(context, "/city?question=" + encoded(PARIS_AGAIN))).isEqualTo("Paris");
    assertThat(completions).hasValue(before + 2);

    assertThat(get(context, "/actuator/semcache")).contains("\"semanticHits\":2");
    assertThat(get(context, "/actuator/semcache?prompt=" + encoded(PARIS))).contains("\"decision\":");
    assertThat(get(context, "/actuator/health")).contains("\"index\":\"searchable\"");
    assertThat(get(context, "/actuator/metrics/cache.gets?tag=result:hit")).contains("\"value\":2.0");
  }

  private static String get(ConfigurableApplicationContext context, String path) throws Exception {
    int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(path + " " + response.body()).isEqualTo(200);
    return response.body();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  static boolean redisIsOnThePath() {
    return List.of(System.getenv("PATH").split(":")).stream()
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "redis-stack-server")));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void awaitPort(int port) throws Exception {
    for (int i = 0; i < 200; i++) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        return;
      } catch (IOException e) {
        Thread.sleep(50);
      }
    }
    throw new UncheckedIOException(new IOException("Redis did not start"));
  }
}
