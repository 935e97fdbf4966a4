package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.openai.azure.credential.AzureApiKeyCredential;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.credential.BearerTokenCredential;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.models.ResponseFormatJsonObject;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.prompt.Prompt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of {@link OpenAiChatClient}, its options, and its settings. */
final class OpenAiChatClientTest extends OpenAiTest {
  private static final Prompt QUESTION = Prompt.of("What is the capital of France?");

  @Test
  void defaultRequestHasModelAndTextOnly() throws JsonProcessingException {
    server.answer("What is the capital of France?", "Paris.");

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION);

    assertThat(reply)
        .isEqualTo(ChatReply.of("Paris.").model("gpt-4o-mini").usage(new TokenUsage(6, 7)));
    assertThat(onlyBody())
        .isEqualTo(
            json(
                """
                {"model": "gpt-4o-mini",
                 "messages": [{"role": "user", "content": "What is the capital of France?"}]}\
                """));
  }

  @Test
  void streamedAnswerArrivesInPiecesAndAsACompleteReply() {
    server.next(CHAT, FakeStream.completion("Par", "is", "."));
    List<String> pieces = new ArrayList<>();

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION, pieces::add);

    assertThat(pieces).containsExactly("Par", "is", ".");
    assertThat(reply)
        .isEqualTo(ChatReply.of("Paris.").model("gpt-4o-mini").usage(new TokenUsage(5, 7)));
  }

  @Test
  void streamThatEndsBeforeTheAnswerIsCompleteFails() {
    FakeStream started = FakeStream.start().chunk(delta -> delta.put("content", "Par"));
    server.next(CHAT, started.done(), started.disconnect());
    OpenAiChatClient chat = OpenAiChatClient.of(client);

    assertThatExceptionOfType(OpenAIInvalidDataException.class)
        .isThrownBy(() -> chat.chat(QUESTION, piece -> {}));
    assertThatExceptionOfType(OpenAIIoException.class)
        .isThrownBy(() -> chat.chat(QUESTION, piece -> {}));
  }

  @Test
  void everyOptionIsSent() throws JsonProcessingException {
    OpenAiChatClient.builder(client)
        .model("gpt-4o")
        .system("Be brief.")
        .temperature(0.2)
        .topP(0.9)
        .maxCompletionTokens(50)
        .seed(42)
        .setting("stop", List.of("END"))
        .setting("response_format", ResponseFormatJsonObject.builder().build())
        .build()
        .chat(QUESTION);

    assertThat(onlyBody())
        .isEqualTo(
            json(
                """
                {"model": "gpt-4o", "temperature": 0.2, "top_p": 0.9, "max_completion_tokens": 50,
                 "seed": 42, "stop": ["END"], "response_format": {"type": "json_object"},
                 "messages": [{"role": "system", "content": "Be brief."},
                     {"role": "user", "content": "What is the capital of France?"}]}\
                """));
  }

  @Test
  void everyOptionIsPartOfTheSettings() {
    ChatClient chat =
        OpenAiChatClient.builder(client)
            .model("gpt-4o")
            .system("Be brief.")
            .temperature(0.2)
            .topP(0.9)
            .maxCompletionTokens(50)
            .seed(42)
            .setting("logit_bias", Map.of("50256", -100))
            .setting("reasoning_effort", "low")
            .setting("response_format", ResponseFormatJsonObject.builder().build())
            .shareAcrossCredentials()
            .build();

    assertThat(chat.settings())
        .containsExactly(
            Map.entry("endpoint", server.baseUrl()),
            Map.entry("logit_bias", "{\"50256\":-100}"),
            Map.entry("max_completion_tokens", "50"),
            Map.entry("model", "gpt-4o"),
            Map.entry("reasoning_effort", "\"low\""),
            Map.entry("response_format", "{\"type\":\"json_object\"}"),
            Map.entry("seed", "42"),
            Map.entry("system", "Be brief."),
            Map.entry("temperature", "0.2"),
            Map.entry("top_p", "0.9"));
  }

  @Test
  void differentOptionsHaveDifferentSettings() {
    List<UnaryOperator<OpenAiChatClient.Builder>> options =
        List.of(
            b -> b,
            b -> b.model("gpt-4o"),
            b -> b.system("Be brief."),
            b -> b.system("Be  brief."),
            b -> b.endpoint("eu"),
            b -> b.temperature(0),
            b -> b.temperature(1),
            b -> b.topP(1),
            b -> b.maxCompletionTokens(1),
            b -> b.setting("max_tokens", 1),
            b -> b.seed(1),
            b -> b.seed(-1),
            b -> b.setting("seed", "1"),
            b -> b.setting("seed", List.of(1)),
            b -> b.setting("stop", "null"),
            b -> b.setting("stop", JsonValue.from(null)),
            b -> b.setting("logprobs", true),
            b -> b.setting("logprobs", "true"));

    List<Map<String, String>> settings = new ArrayList<>();
    options.forEach(
        option -> settings.add(option.apply(OpenAiChatClient.builder(client)).build().settings()));

    assertThat(settings).doesNotHaveDuplicates();
  }

  @Test
  void orderOfKeysDoesNotChangeTheSettings() {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("b", Map.of("x", 1));
    one.put("a", 2);
    Map<String, Object> other = new LinkedHashMap<>();
    other.put("a", 2);
    other.put("b", Map.of("x", 1));

    assertThat(settings(b -> b.setting("extra", one).setting("stop", "x")))
        .isEqualTo(settings(b -> b.setting("stop", "x").setting("extra", other)))
        .containsEntry("extra", "{\"a\":2,\"b\":{\"x\":1}}");
  }

  @Test
  void valueOfASettingIsCopied() {
    List<String> stops = new ArrayList<>(List.of("END"));
    OpenAiChatClient chat = OpenAiChatClient.builder(client).setting("stop", stops).build();
    stops.add("STOP");

    chat.chat(QUESTION);

    assertThat(onlyBody().path("stop")).hasSize(1);
    assertThat(chat.settings()).containsEntry("stop", "[\"END\"]");
  }

  @Test
  void clientsWithDifferentCredentialsHaveDifferentSettings() {
    List<Consumer<OpenAIOkHttpClient.Builder>> accounts =
        List.of(
            options -> options.apiKey("key-of-a-test"),
            options -> options.apiKey("another-key"),
            options -> options.apiKey("key-of-a-test").organization("acme"),
            options -> options.apiKey("key-of-a-test").project("chat"),
            options -> options.apiKey("key-of-a-test").putHeader("api-key", "gateway"),
            options -> options.credential(AzureApiKeyCredential.create("azure-key")));
    Set<Map<String, String>> settings = new HashSet<>();

    for (Consumer<OpenAIOkHttpClient.Builder> account : accounts) {
      OpenAIClient other = server.client(account);
      settings.add(OpenAiChatClient.of(other).settings());
      other.close();
    }

    assertThat(settings).hasSameSizeAs(accounts);
    assertThat(settings.toString())
        .doesNotContain("key-of-a-test", "another-key", "gateway", "azure-key");
    assertThat(OpenAiChatClient.of(client).settings()).isIn(settings);
  }

  @Test
  void answersAreSharedAcrossCredentialsIfRequired() {
    OpenAIClient other = server.client(options -> options.apiKey("another-key"));

    assertThat(OpenAiChatClient.builder(other).shareAcrossCredentials().build().settings())
        .isEqualTo(OpenAiChatClient.builder(client).shareAcrossCredentials().build().settings())
        .doesNotContainKey("credentials");
    other.close();
  }

  @Test
  void tokensThatAClientObtainsAreNotPartOfTheSettings() {
    AtomicInteger tokens = new AtomicInteger();
    OpenAIClient workload =
        OpenAIOkHttpClient.builder()
            .baseUrl(server.baseUrl())
            .credential(BearerTokenCredential.create(() -> "token-" + tokens.incrementAndGet()))
            .build();

    assertThat(OpenAiChatClient.of(workload).settings()).doesNotContainKey("credentials");
    assertThat(tokens).hasValue(0);
    workload.close();
  }

  @Test
  void servicesHaveDifferentEndpointsUnlessTheyHaveTheSameName() {
    try (FakeOpenAiServer other = FakeOpenAiServer.start()) {
      OpenAIClient elsewhere = other.client();

      assertThat(OpenAiChatClient.of(elsewhere).settings())
          .containsEntry("endpoint", other.baseUrl())
          .isNotEqualTo(OpenAiChatClient.of(client).settings());
      assertThat(OpenAiChatClient.builder(elsewhere).endpoint("ours").build().settings())
          .isEqualTo(OpenAiChatClient.builder(client).endpoint("ours").build().settings());
      elsewhere.close();
    }
  }

  @Test
  void readingTheBaseUrlDoesNotCloseTheClient() {
    ChatClient first = OpenAiChatClient.of(client);
    OpenAiChatClient.of(client);

    assertThat(first.chat(QUESTION).finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void systemTextOfThePromptReplacesTheDefault() throws JsonProcessingException {
    OpenAiChatClient.builder(client)
        .system("Be brief.")
        .build()
        .chat(QUESTION.system("Be thorough."));

    assertThat(onlyBody().path("messages").path(0))
        .isEqualTo(json("{\"role\": \"system\", \"content\": \"Be thorough.\"}"));
    assertThat(onlyBody().path("messages")).hasSize(2);
  }

  @Test
  void earlierMessagesAreSentBetweenSystemTextAndQuestion() throws JsonProcessingException {
    OpenAiChatClient.of(client)
        .chat(
            Prompt.of("And of Spain?")
                .system("Be brief.")
                .after(Prompt.Message.user("Capital of France?"))
                .after(Prompt.Message.assistant("Paris."))
                .after(new Prompt.Message("system", "The user is a child."))
                .after(new Prompt.Message("developer", "No jokes.")));

    assertThat(onlyBody().path("messages"))
        .isEqualTo(
            json(
                """
                [{"role": "system", "content": "Be brief."},
                 {"role": "user", "content": "Capital of France?"},
                 {"role": "assistant", "content": "Paris."},
                 {"role": "system", "content": "The user is a child."},
                 {"role": "developer", "content": "No jokes."},
                 {"role": "user", "content": "And of Spain?"}]\
                """));
  }

  @Test
  void unknownRoleIsRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                OpenAiChatClient.of(client).chat(QUESTION.after(new Prompt.Message("tool", "42"))))
        .withMessage(
            "role of an earlier message is tool; it must be user, assistant, system, or developer");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void exceptionsNameOptionValueAndRule() {
    OpenAiChatClient.Builder builder = OpenAiChatClient.builder(client);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.model(" "))
        .withMessage("model is blank; it must not be");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.system(""))
        .withMessage("system is blank; it must not be");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.endpoint(""))
        .withMessage("endpoint is blank; it must not be");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.temperature(2.1))
        .withMessage("temperature is 2.1; it must be between 0 and 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.temperature(Double.NaN))
        .withMessage("temperature is NaN; it must be between 0 and 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.topP(-0.1))
        .withMessage("topP is -0.1; it must be between 0 and 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxCompletionTokens(0))
        .withMessage("maxCompletionTokens is 0; it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setting("", 1))
        .withMessage("name is blank; it must not be");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"endpoint", "messages", "model", "n", "stream", "stream_options", "system"})
  void reservedSettingIsRejected(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenAiChatClient.builder(client).setting(name, 1))
        .withMessageContaining("setting " + name + " is reserved");
  }

  @Test
  void valueThatCannotBeConvertedToJsonIsRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenAiChatClient.builder(client).setting("extra", new Object()));
  }

  @Test
  @SuppressWarnings("NullAway") // tests null arguments
  void exceptionsNameTheNullArgument() {
    OpenAiChatClient.Builder builder = OpenAiChatClient.builder(client);

    assertThatNullPointerException()
        .isThrownBy(() -> OpenAiChatClient.of(null))
        .withMessage("client");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setting("stop", null))
        .withMessage("value");
    assertThatNullPointerException().isThrownBy(() -> builder.model(null)).withMessage("model");
  }

  @Test
  void builderIsReusable() {
    OpenAiChatClient.Builder builder = OpenAiChatClient.builder(client).seed(1);
    ChatClient first = builder.build();
    ChatClient second = builder.seed(2).build();

    assertThat(first.settings()).containsEntry("seed", "1");
    assertThat(second.settings()).containsEntry("seed", "2");
    first.chat(QUESTION);
    assertThat(onlyBody().path("seed").asInt()).isEqualTo(1);
  }

  private Map<String, String> settings(Consumer<OpenAiChatClient.Builder> options) {
    OpenAiChatClient.Builder builder = OpenAiChatClient.builder(client);
    options.accept(builder);
    return builder.build().settings();
  }

  private JsonNode onlyBody() {
    assertThat(server.requests(CHAT)).hasSize(1);
    return server.requests(CHAT).get(0).body();
  }
}
