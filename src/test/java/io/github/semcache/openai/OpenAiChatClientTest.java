package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.models.ResponseFormatJsonObject;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.FinishReason;
import io.github.semcache.chat.TokenUsage;
import io.github.semcache.prompt.Message;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenAiChatClientTest {
  private static final Prompt QUESTION = Prompt.of("What is the capital of France?");

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient client = server.client();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void defaultModelIsAskedWithNothingButTheText() throws JsonProcessingException {
    server.answer("What is the capital of France?", "Paris.");

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION);

    assertThat(reply)
        .isEqualTo(ChatReply.of("Paris.").model("gpt-4o-mini").usage(new TokenUsage(6, 7)));
    assertThat(onlyBody())
        .isEqualTo(
            json(
                """
                {"model": "gpt-4o-mini",
                 "messages": [{"role": "user", "content": "What is the capital of France?"}]}"""));
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
                     {"role": "user", "content": "What is the capital of France?"}]}"""));
  }

  @Test
  void everyOptionIsASetting() {
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
  void anyTwoDifferentOptionsAreDifferentSettings() {
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
  void orderOfKeysIsNotASetting() {
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
  void valueOfASettingIsReadOnce() {
    List<String> stops = new ArrayList<>(List.of("END"));
    OpenAiChatClient chat = OpenAiChatClient.builder(client).setting("stop", stops).build();
    stops.add("STOP");

    chat.chat(QUESTION);

    assertThat(onlyBody().path("stop")).hasSize(1);
    assertThat(chat.settings()).containsEntry("stop", "[\"END\"]");
  }

  @Test
  void twoServicesAreTwoEndpointsUnlessTheyAreNamedAlike() {
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
  void readingTheBaseUrlLeavesTheClientOpen() {
    ChatClient first = OpenAiChatClient.of(client);
    OpenAiChatClient.of(client);

    assertThat(first.chat(QUESTION).finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void systemTextOfThePromptReplacesTheDefaultOne() throws JsonProcessingException {
    OpenAiChatClient.builder(client)
        .system("Be brief.")
        .build()
        .chat(QUESTION.system("Be thorough."));

    assertThat(onlyBody().path("messages").path(0))
        .isEqualTo(json("{\"role\": \"system\", \"content\": \"Be thorough.\"}"));
    assertThat(onlyBody().path("messages")).hasSize(2);
  }

  @Test
  void earlierMessagesStandBetweenSystemTextAndQuestion() throws JsonProcessingException {
    OpenAiChatClient.of(client)
        .chat(
            Prompt.of("And of Spain?")
                .system("Be brief.")
                .after(Message.user("Capital of France?"))
                .after(Message.assistant("Paris."))
                .after(new Message("system", "The user is a child."))
                .after(new Message("developer", "No jokes.")));

    assertThat(onlyBody().path("messages"))
        .isEqualTo(
            json(
                """
                [{"role": "system", "content": "Be brief."},
                 {"role": "user", "content": "Capital of France?"},
                 {"role": "assistant", "content": "Paris."},
                 {"role": "system", "content": "The user is a child."},
                 {"role": "developer", "content": "No jokes."},
                 {"role": "user", "content": "And of Spain?"}]"""));
  }

  @Test
  void unknownRoleIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> OpenAiChatClient.of(client).chat(QUESTION.after(new Message("tool", "42"))))
        .withMessage(
            "role of an earlier message is tool; it must be user, assistant, system or developer");
    assertThat(server.requests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "stop, STOP",
    "length, LENGTH",
    "tool_calls, TOOL_CALLS",
    "function_call, TOOL_CALLS",
    "content_filter, CONTENT_FILTER",
    "eos_token, OTHER"
  })
  void finishReasonIsMapped(String reason, FinishReason expected) {
    server.next(CHAT, FakeCompletions.text("Paris", reason));

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION);

    assertThat(reply.finishReason()).isEqualTo(expected);
    assertThat(reply.text()).isEqualTo("Paris");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "{}"})
  void missingFinishReasonIsOther(String reason) throws JsonProcessingException {
    JsonNode value = json(reason);
    server.next(
        CHAT,
        FakeCompletions.text(
            "Paris", "stop", body -> firstChoice(body).set("finish_reason", value)),
        FakeCompletions.text("Paris", "stop", body -> firstChoice(body).remove("finish_reason")));
    ChatClient chat = OpenAiChatClient.of(client);

    assertThat(chat.chat(QUESTION).finishReason()).isEqualTo(FinishReason.OTHER);
    assertThat(chat.chat(QUESTION).finishReason()).isEqualTo(FinishReason.OTHER);
  }

  @Test
  void refusalIsTheTextOfTheReply() {
    server.next(CHAT, FakeCompletions.refusal("I can't help with that."));

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION);

    assertThat(reply.finishReason()).isEqualTo(FinishReason.REFUSAL);
    assertThat(reply.text()).isEqualTo("I can't help with that.");
  }

  @Test
  void emptyRefusalIsNone() {
    server.next(
        CHAT,
        FakeCompletions.text(
            "Paris", "stop", body -> firstChoice(body).withObject("message").put("refusal", "")));

    assertThat(OpenAiChatClient.of(client).chat(QUESTION).finishReason())
        .isEqualTo(FinishReason.STOP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tool_calls", "stop"})
  void callOfAToolIsNoCompleteAnswer(String reason) {
    server.next(CHAT, FakeCompletions.toolCall("weather", "{\"city\": \"Paris\"}", reason));

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION);

    assertThat(reply.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(reply.text()).isEmpty();
  }

  @Test
  void replyOfTheModelNamesTheModelThatAnswered() {
    server.next(
        CHAT,
        FakeCompletions.text("Paris", "stop", body -> body.put("model", "gpt-4o-mini-2024-07-18")));

    assertThat(OpenAiChatClient.of(client).chat(QUESTION).model())
        .contains("gpt-4o-mini-2024-07-18");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "7",
        "{\"prompt_tokens\": -1, \"completion_tokens\": 1}",
        "{\"prompt_tokens\": 1}",
        "{\"prompt_tokens\": \"many\", \"completion_tokens\": 1}"
      })
  void usageThatSaysNothingIsUnknown(String usage) throws JsonProcessingException {
    JsonNode value = json(usage);
    server.next(CHAT, FakeCompletions.text("Paris", "stop", body -> body.set("usage", value)));

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION);

    assertThat(reply.usage()).isEmpty();
    assertThat(reply.text()).isEqualTo("Paris");
  }

  @Test
  void leanReplyOfACompatibleServiceIsRead() {
    server.next(
        CHAT, FakeReply.body(200, "{\"choices\": [{\"message\": {\"content\": \"Paris\"}}]}"));

    assertThat(OpenAiChatClient.of(client).chat(QUESTION))
        .isEqualTo(ChatReply.of("Paris").finishReason(FinishReason.OTHER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"choices\": []}", "{}", "{\"choices\": null}", "{\"error\": \"busy\"}"})
  void replyWithoutChoicesIsAnErrorThatSaysSo(String body) {
    server.next(CHAT, FakeReply.body(200, body));

    assertThatExceptionOfType(OpenAIInvalidDataException.class)
        .isThrownBy(() -> OpenAiChatClient.of(client).chat(QUESTION))
        .withMessageContaining("choices");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "no json", "{\"choices\": [{\"message\": {\"content\": \"Par"})
  void malformedReplyIsTheErrorOfTheClient(String body) {
    server.next(CHAT, FakeReply.body(200, body));

    assertThatExceptionOfType(OpenAIInvalidDataException.class)
        .isThrownBy(() -> OpenAiChatClient.of(client).chat(QUESTION));
  }

  @Test
  void replyThatBreaksOffIsTheErrorOfTheClient() {
    server.next(CHAT, FakeReply.cutOff("{\"choices\": [{\"message\": {\"content\": \"Par"));

    assertThatThrownBy(() -> OpenAiChatClient.of(client).chat(QUESTION))
        .isInstanceOf(OpenAIInvalidDataException.class);
  }

  @Test
  void rateLimitedRequestIsRepeatedByTheClient() {
    server.next(CHAT, FakeReply.rateLimited(1), FakeReply.rateLimited(1));

    assertThat(OpenAiChatClient.of(client).chat(QUESTION).finishReason())
        .isEqualTo(FinishReason.STOP);
    assertThat(server.requests(CHAT)).hasSize(3);
  }

  @Test
  void errorsOfTheServiceReachTheCallerAsTheyAre() {
    server.next(
        CHAT,
        FakeReply.error(400, "bad request"),
        FakeReply.error(500, "broken").header("X-Should-Retry", "false"),
        FakeReply.error(429, "slow down").header("X-Should-Retry", "false"));
    ChatClient chat = OpenAiChatClient.of(client);

    assertThatThrownBy(() -> chat.chat(QUESTION)).isInstanceOf(BadRequestException.class);
    assertThatThrownBy(() -> chat.chat(QUESTION)).isInstanceOf(InternalServerException.class);
    assertThatThrownBy(() -> chat.chat(QUESTION)).isInstanceOf(RateLimitException.class);
  }

  @Test
  void hangingServerEndsAtTheTimeLimitOfTheClient() {
    server.next(CHAT, FakeReply.hanging());
    OpenAIClient impatient =
        server.client(options -> options.timeout(Duration.ofMillis(200)).maxRetries(0));

    assertThatThrownBy(() -> OpenAiChatClient.of(impatient).chat(QUESTION))
        .isInstanceOf(OpenAIIoException.class);
    impatient.close();
  }

  @Test
  void interruptedThreadKeepsItsFlag() {
    server.always(CHAT, FakeReply.rateLimited(60_000));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> OpenAiChatClient.of(client).chat(QUESTION))
        .isInstanceOf(OpenAIIoException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void builderNamesOptionValueAndRule() {
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
        .withMessage("temperature is 2.1; it must be 0 to 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.temperature(Double.NaN))
        .withMessage("temperature is NaN; it must be 0 to 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.topP(-0.1))
        .withMessage("topP is -0.1; it must be 0 to 1");
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
  void settingThatIsAnOptionOrShapesTheReplyIsRejected(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenAiChatClient.builder(client).setting(name, 1))
        .withMessageContaining("setting " + name + " is reserved");
  }

  @Test
  void valueThatIsNoJsonIsRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenAiChatClient.builder(client).setting("extra", new Object()));
  }

  @Test
  @SuppressWarnings("NullAway") // what callers without null checks may do
  void nullIsNamed() {
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
  void builderMayBuildTwice() {
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

  private static ObjectNode firstChoice(ObjectNode completion) {
    return (ObjectNode) completion.path("choices").path(0);
  }

  private static JsonNode json(String json) throws JsonProcessingException {
    return new JsonMapper().readTree(json);
  }
}
