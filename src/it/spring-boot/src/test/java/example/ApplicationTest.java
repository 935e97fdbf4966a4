package example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ConfigurableApplicationContext;

class ApplicationTest {
  @Test
  void questionInOtherWordsIsAnsweredFromTheCache() throws Exception {
    try (ConfigurableApplicationContext context = start()) {
      assertThat(ask(context, "What is the capital of France?")).isEqualTo("MODEL Paris");
      assertThat(ask(context, "Which city serves as France's capital?")).isEqualTo("SEMANTIC Paris");
      if (!SpringBootVersion.getVersion().startsWith("3.")) {
        assertThat(get(context, "/actuator/semcache")).contains("\"semanticHits\":1");
        assertThat(get(context, "/actuator/health")).contains("\"semcache\"");
      }
    }
  }

  private static ConfigurableApplicationContext start() {
    return SpringApplication.run(
        Application.class,
        "--server.port=0",
        "--management.endpoints.web.exposure.include=health,semcache",
        "--management.endpoint.health.show-details=always");
  }

  private static String ask(ConfigurableApplicationContext context, String question)
      throws Exception {
    return get(context, "/ask?question=" + URLEncoder.encode(question, StandardCharsets.UTF_8));
  }

  private static String get(ConfigurableApplicationContext context, String path) throws Exception {
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(path + " " + response.body()).isEqualTo(200);
    return response.body();
  }
}
