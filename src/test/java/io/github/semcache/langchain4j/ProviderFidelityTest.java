package io.github.semcache.langchain4j;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.injector.DefaultContentInjector;
import dev.langchain4j.service.AiServices;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.prompt.Prompt;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hits of a real provider's model equal its responses. */
class ProviderFidelityTest extends CachedModelFixture {
  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final ChatModel openAi = CachedChatModel.wrap(newModel().build(), cache);

  @AfterEach
  void stop() {
    server.close();
  }

  private OpenAiChatModel.OpenAiChatModelBuilder newModel() {
    return OpenAiChatModel.builder()
        .baseUrl(server.baseUrl())
        .apiKey("key-of-a-test")
        .modelName("gpt-4o");
  }

  @Test
  void tokenUsageAndMetadataHaveTheClassesOfTheProvider() {
    server.next(CHAT, FakeCompletions.text("Paris.", "stop", ProviderFidelityTest::addDetails));

    ChatResponse miss = openAi.chat(request(PARIS).build());
    ChatResponse hit = openAi.chat(request(PARIS_AGAIN).build());

    OpenAiTokenUsage usage = (OpenAiTokenUsage) hit.tokenUsage();
    OpenAiChatResponseMetadata metadata = (OpenAiChatResponseMetadata) hit.metadata();
    assertThat(usage).isEqualTo(miss.tokenUsage());
    assertThat(usage.inputTokensDetails().cachedTokens()).isEqualTo(3);
    assertThat(metadata.systemFingerprint()).isEqualTo("fp_1");
    assertThat(metadata.serviceTier()).isEqualTo("default");
    assertThat(metadata.created()).isEqualTo(1_700_000_000L);
    assertThat(metadata.toBuilder().rawHttpResponse(null).build())
        .isEqualTo(
            ((OpenAiChatResponseMetadata) miss.metadata())
                .toBuilder().rawHttpResponse(null).build());
    assertThat(unmarked(hit).aiMessage()).isEqualTo(miss.aiMessage());
    assertThat(server.requests(CHAT)).hasSize(1);
    assertThat(cache.stats().adapterErrors()).isZero();
  }

  private static void addDetails(ObjectNode body) {
    body.put("system_fingerprint", "fp_1").put("service_tier", "default");
    ((ObjectNode) body.path("usage")).putObject("prompt_tokens_details").put("cached_tokens", 3);
  }

  @Test
  void responseWithoutAFinishReasonIsStored() {
    server.next(CHAT, FakeCompletions.text("Paris.", "eos_token"));

    openAi.chat(PARIS);
    openAi.chat(PARIS);

    assertThat(server.requests(CHAT)).hasSize(1);
  }

  @Test
  void answersFromLiveDataAreNotStored() {
    ChatModel searching =
        CachedChatModel.wrap(
            newModel()
                .defaultRequestParameters(
                    OpenAiChatRequestParameters.builder()
                        .customParameters(Map.of("web_search_options", Map.of()))
                        .build())
                .build(),
            cache);
    ChatModel alwaysSearching =
        CachedChatModel.wrap(newModel().modelName("gpt-4o-search-preview").build(), cache);
    for (ChatModel model : List.of(searching, alwaysSearching)) {
      model.chat(PARIS);
      model.chat(PARIS);
    }

    assertThat(server.requests(CHAT)).hasSize(4);
    assertThat(cache.stats().notAdmitted()).isEqualTo(4);
  }

  @Test
  void messageWithResultsOfServerToolsIsNotStored() {
    fake.replying(
        ChatResponse.builder()
            .aiMessage(
                AiMessage.builder()
                    .text("Paris.")
                    .attributes(Map.of("server_tool_results", List.of("page")))
                    .build())
            .finishReason(FinishReason.STOP)
            .build());

    model.chat(PARIS);
    model.chat(PARIS);

    assertThat(fake.calls()).isEqualTo(2);
  }

  @Test
  void hitCanBeReported() {
    ChatResponse miss = openAi.chat(request(PARIS).build());
    String entry =
        openAi
            .chat(request(PARIS_AGAIN).build())
            .aiMessage()
            .attribute(CachedChatModel.ENTRY, String.class);

    assertThat(miss.aiMessage().attributes()).isEmpty();
    assertThat(cache.reportWrong(entry, PARIS_AGAIN)).isTrue();
    openAi.chat(PARIS_AGAIN);
    assertThat(server.requests(CHAT)).hasSize(2);
  }

  @Test
  void conversationAfterAHitIsTheSameAsAfterAMiss() {
    for (int i = 0; i < 2; i++) {
      AiMessage first = openAi.chat(request(PARIS).build()).aiMessage();
      openAi.chat(UserMessage.from(PARIS), first, UserMessage.from("And of Spain?"));
    }

    assertThat(server.requests(CHAT)).hasSize(2);
  }

  /** A type whose JSON a model returns. */
  record City(String name, int population) {}

  /** An AI service of LangChain4j. */
  interface Cities {
    City find(String question);
  }

  @Test
  void malformedJsonOfAnAiServiceIsNotStored() {
    ChatModel withSchema =
        CachedChatModel.wrap(
            newModel().supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA).build(),
            cache);
    for (ChatModel each : List.of(openAi, withSchema)) {
      int before = server.requests(CHAT).size();
      server.next(
          CHAT,
          FakeCompletions.text("{\"name\": \"Paris\", \"popul", "stop"),
          FakeCompletions.text("{\"name\": \"Paris\", \"population\": 2}", "stop"));

      assertThat(catchThrowable(() -> AiServices.create(Cities.class, each).find(PARIS)))
          .isNotNull();
      assertThat(AiServices.create(Cities.class, each).find(PARIS)).isEqualTo(new City("Paris", 2));
      assertThat(AiServices.create(Cities.class, each).find(PARIS_AGAIN))
          .isEqualTo(new City("Paris", 2));
      assertThat(server.requests(CHAT)).hasSize(before + 2);
    }
  }

  @Test
  void retrievedPassagesArePartOfTheScopeWithoutConfiguration() {
    openAi.chat(retrieved(PARIS, "Paris has been the capital since 987."));
    openAi.chat(retrieved(PARIS_AGAIN, "Paris has been the capital since 987."));
    assertThat(server.requests(CHAT)).hasSize(1);

    openAi.chat(retrieved(PARIS, "Paris has been the capital since 988."));
    assertThat(server.requests(CHAT)).hasSize(2);
  }

  private static UserMessage retrieved(String question, String passage) {
    return (UserMessage)
        DefaultContentInjector.builder()
            .build()
            .inject(List.of(Content.from(passage)), UserMessage.from(question));
  }

  @Test
  void clockInTheSystemMessageCanBeRemovedFromTheScope() {
    ChatModel normalizing =
        CachedChatModel.builder(cache)
            .normalizeMessages(
                message ->
                    new Prompt.Message(message.role(), message.text().replaceAll("It is .*", "")))
            .build(newModel().build());
    for (String time : List.of("10:00", "10:01")) {
      normalizing.chat(
          ChatRequest.builder()
              .messages(SystemMessage.from("Be brief. It is " + time), UserMessage.from(PARIS))
              .build());
    }

    assertThat(server.requests(CHAT)).hasSize(1);
    assertThat(server.requests(CHAT).get(0).body().toString()).contains("It is 10:00");
  }
}
