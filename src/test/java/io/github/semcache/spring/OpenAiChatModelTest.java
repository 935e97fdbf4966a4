package io.github.semcache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.completions.CompletionUsage;
import io.github.semcache.SemanticCache;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** The advisor with Spring AI's real model for OpenAI. */
class OpenAiChatModelTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  @Test
  void hitHasTheTypesOfTheResponse() {
    try (FakeOpenAiServer server = FakeOpenAiServer.start();
        SemanticCache cache =
            SemanticCache.builder()
                .embedder(new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20))
                .build()) {
      OpenAIClient openAi = server.client();
      ChatClient client =
          ChatClient.builder(
                  OpenAiChatModel.builder()
                      .openAiClient(openAi)
                      .openAiClientAsync(openAi.async())
                      .options(OpenAiChatOptions.builder().model("gpt-4o-mini").build())
                      .build())
              .defaultAdvisors(SemanticCacheAdvisor.of(cache))
              .build();

      ChatResponse miss = Objects.requireNonNull(client.prompt(PARIS).call().chatResponse());
      ChatResponse hit = Objects.requireNonNull(client.prompt(PARIS_AGAIN).call().chatResponse());

      assertThat(cache.stats().adapterErrors()).isZero();
      assertThat(server.requests(FakeOpenAiServer.CHAT)).hasSize(1);
      assertThat(hit.getResults()).isEqualTo(miss.getResults());
      assertThat(hit.getMetadata().getUsage()).isEqualTo(miss.getMetadata().getUsage());
      assertThat(hit.getMetadata().getUsage().getNativeUsage()).isInstanceOf(CompletionUsage.class);
      assertThat(hit.getMetadata().<Object>get("created"))
          .isEqualTo(miss.getMetadata().get("created"));

      String streamed =
          String.join(
              "",
              Objects.requireNonNull(
                  client.prompt("Say hello").stream()
                      .content()
                      .collectList()
                      .block(Duration.ofSeconds(20))));
      ChatResponse called =
          Objects.requireNonNull(client.prompt("Say hello").call().chatResponse());
      assertThat(cache.stats().adapterErrors()).isZero();
      Generation generation = Objects.requireNonNull(called.getResult());
      assertThat(generation.getOutput().getText()).isEqualTo(streamed);
      assertThat(generation.getOutput().getMetadata().get("finishReason"))
          .isInstanceOf(String.class);
      assertThat(server.requests(FakeOpenAiServer.CHAT)).hasSize(2);
    }
  }
}
