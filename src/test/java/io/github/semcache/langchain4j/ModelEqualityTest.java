package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests which requests and models use the same entries. */
class ModelEqualityTest extends CachedModelFixture {
  @Test
  void requestsThatDifferInAnythingElseHaveDifferentEntries() {
    ToolSpecification weather =
        ToolSpecification.builder()
            .name("weather")
            .parameters(JsonObjectSchema.builder().addStringProperty("city").build())
            .build();
    ToolSpecification stricter = weather.toBuilder().strict(true).build();
    UserMessage user = UserMessage.from(PARIS);
    List<ChatRequest> requests =
        List.of(
            request(PARIS).build(),
            request(PARIS).temperature(0.1).build(),
            request(PARIS).temperature(0.2).build(),
            request(PARIS).modelName("other").build(),
            request(PARIS).maxOutputTokens(5).build(),
            request(PARIS).stopSequences(List.of("x")).build(),
            request(PARIS).toolSpecifications(weather).build(),
            request(PARIS).toolSpecifications(stricter).build(),
            ChatRequest.builder().messages(SystemMessage.from("Be brief."), user).build(),
            ChatRequest.builder().messages(SystemMessage.from("Be long."), user).build(),
            ChatRequest.builder()
                .messages(UserMessage.from("Hi"), AiMessage.from("Hello"), user)
                .build(),
            ChatRequest.builder().messages(UserMessage.from("kim", PARIS)).build(),
            ChatRequest.builder().messages(user, AiMessage.from("Well,")).build(),
            withImage("http://localhost/a.png"),
            withImage("http://localhost/b.png"));

    List<ChatResponse> first = requests.stream().map(model::chat).toList();
    List<ChatResponse> second = requests.stream().map(model::chat).toList();

    assertThat(fake.calls()).isEqualTo(requests.size());
    assertThat(second).extracting(CachedModelFixture::unmarked).isEqualTo(first);
    assertThat(first).doesNotHaveDuplicates();
  }

  private static ChatRequest withImage(String url) {
    return ChatRequest.builder()
        .messages(UserMessage.from(TextContent.from(PARIS), ImageContent.from(url)))
        .build();
  }

  @Test
  void modelsWithDifferentNamesHaveDifferentEntries() {
    model.chat(PARIS);
    CachedChatModel.builder(cache).modelName("another").build(fake).chat(PARIS);

    assertThat(fake.calls()).isEqualTo(2);
  }

  @Test
  void modelsWithDifferentCredentialsHaveDifferentEntries() {
    ChatModel acme = CachedChatModel.builder(cache).credentials("key-of-acme").build(fake);
    acme.chat(PARIS);
    model.chat(PARIS);
    CachedChatModel.builder(cache).credentials("another-key").build(fake).chat(PARIS);
    CachedChatModel.builder(cache).credentials("key-of-", "acme").build(fake).chat(PARIS);

    assertThat(fake.calls()).isEqualTo(4);
    CachedChatModel.builder(cache).credentials("key-of-acme").build(fake).chat(PARIS);
    assertThat(fake.calls()).isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource
  void missingCredentialsAreRejected(String[] secrets) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CachedChatModel.builder(cache).credentials(secrets))
        .withMessageContaining("credentials");
  }

  static Stream<Arguments> missingCredentialsAreRejected() {
    return Stream.of(
        Arguments.of((Object) new String[] {}), Arguments.of((Object) new String[] {"key", " "}));
  }

  @Test
  void modelWithoutNameIsRejected() {
    ChatModel nameless = new ChatModel() {};

    assertThatIllegalArgumentException()
        .isThrownBy(() -> CachedChatModel.wrap(nameless, cache))
        .withMessageContaining("modelName");
  }

  @Test
  void modelsWithDifferentDefaultsHaveDifferentEntries() {
    for (double temperature : new double[] {0.1, 0.2, 0.1}) {
      ChatModel withTemperature =
          new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
              return fake.doChat(request);
            }

            @Override
            public ChatRequestParameters defaultRequestParameters() {
              return ChatRequestParameters.builder()
                  .modelName("fake")
                  .temperature(temperature)
                  .build();
            }
          };
      CachedChatModel.wrap(withTemperature, cache).chat(PARIS);
    }

    assertThat(fake.calls()).isEqualTo(2);
  }
}
