package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.prompt.Prompt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the conversion of chat responses to replies and exceptions. */
final class OpenAiChatReplyTest extends OpenAiTest {
  private static final Prompt QUESTION = Prompt.of("What is the capital of France?");

  @ParameterizedTest
  @CsvSource({
    "stop, STOP",
    "length, LENGTH",
    "tool_calls, TOOL_CALLS",
    "function_call, TOOL_CALLS",
    "content_filter, CONTENT_FILTER",
    "eos_token, STOP",
    "unheard_of, OTHER"
  })
  void finishReasonIsMapped(String reason, FinishReason expected) {
    server.next(CHAT, FakeCompletions.text("Paris", reason));

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION);

    assertThat(reply.finishReason()).isEqualTo(expected);
    assertThat(reply.text()).isEqualTo("Paris");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "{}"})
  void missingFinishReasonIsThatOfACompleteAnswer(String reason) throws JsonProcessingException {
    JsonNode value = json(reason);
    server.next(
        CHAT,
        FakeCompletions.text(
            "Paris", "stop", body -> firstChoice(body).set("finish_reason", value)),
        FakeCompletions.text("Paris", "stop", body -> firstChoice(body).remove("finish_reason")));
    ChatClient chat = OpenAiChatClient.of(client);

    assertThat(chat.chat(QUESTION).finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(chat.chat(QUESTION).finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void refusalIsTheTextOfTheReply() {
    server.next(CHAT, FakeCompletions.refusal("I can't help with that."));

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION);

    assertThat(reply.finishReason()).isEqualTo(FinishReason.REFUSAL);
    assertThat(reply.text()).isEqualTo("I can't help with that.");
  }

  @Test
  void emptyRefusalIsNoRefusal() {
    server.next(
        CHAT,
        FakeCompletions.text(
            "Paris", "stop", body -> firstChoice(body).withObject("message").put("refusal", "")));

    assertThat(OpenAiChatClient.of(client).chat(QUESTION).finishReason())
        .isEqualTo(FinishReason.STOP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tool_calls", "stop"})
  void toolCallHasItsOwnFinishReason(String reason) {
    server.next(CHAT, FakeCompletions.toolCall("weather", "{\"city\": \"Paris\"}", reason));

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION);

    assertThat(reply.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(reply.text()).isEmpty();
  }

  @Test
  void modelOfTheResponseIsRead() {
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
  void unusableUsageIsUnknown(String usage) throws JsonProcessingException {
    JsonNode value = json(usage);
    server.next(CHAT, FakeCompletions.text("Paris", "stop", body -> body.set("usage", value)));

    ChatReply reply = OpenAiChatClient.of(client).chat(QUESTION);

    assertThat(reply.usage()).isEmpty();
    assertThat(reply.text()).isEqualTo("Paris");
  }

  @Test
  void minimalResponseOfACompatibleServiceIsRead() {
    server.next(
        CHAT, FakeReply.body(200, "{\"choices\": [{\"message\": {\"content\": \"Paris\"}}]}"));

    assertThat(OpenAiChatClient.of(client).chat(QUESTION)).isEqualTo(ChatReply.of("Paris"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"choices\": []}", "{}", "{\"choices\": null}", "{\"error\": \"busy\"}"})
  void responseWithoutChoicesFailsWithAMessageThatNamesThem(String body) {
    server.next(CHAT, FakeReply.body(200, body));

    assertThatExceptionOfType(OpenAIInvalidDataException.class)
        .isThrownBy(() -> OpenAiChatClient.of(client).chat(QUESTION))
        .withMessageContaining("choices");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "no json", "{\"choices\": [{\"message\": {\"content\": \"Par"})
  void malformedResponseFailsWithTheExceptionOfTheClient(String body) {
    server.next(CHAT, FakeReply.body(200, body));

    assertThatExceptionOfType(OpenAIInvalidDataException.class)
        .isThrownBy(() -> OpenAiChatClient.of(client).chat(QUESTION));
  }

  @Test
  void truncatedResponseFailsWithTheExceptionOfTheClient() {
    server.next(CHAT, FakeReply.truncated("{\"choices\": [{\"message\": {\"content\": \"Par"));

    assertThatThrownBy(() -> OpenAiChatClient.of(client).chat(QUESTION))
        .isInstanceOf(OpenAIInvalidDataException.class);
  }

  @Test
  void rateLimitedRequestIsRetriedByTheClient() {
    server.next(CHAT, FakeReply.rateLimited(1), FakeReply.rateLimited(1));

    assertThat(OpenAiChatClient.of(client).chat(QUESTION).finishReason())
        .isEqualTo(FinishReason.STOP);
    assertThat(server.requests(CHAT)).hasSize(3);
  }

  @Test
  void errorsOfTheServiceAreNotWrapped() {
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
  void hangingServerFailsTheCallAfterTheTimeoutOfTheClient() {
    server.next(CHAT, FakeReply.hanging());
    OpenAIClient timingOut = clientWithShortTimeout();

    assertThatThrownBy(() -> OpenAiChatClient.of(timingOut).chat(QUESTION))
        .isInstanceOf(OpenAIIoException.class);
    timingOut.close();
  }

  @Test
  void interruptFlagIsSetAfterAnInterruptedCall() {
    server.always(CHAT, FakeReply.rateLimited(60_000));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> OpenAiChatClient.of(client).chat(QUESTION))
        .isInstanceOf(OpenAIIoException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  private static ObjectNode firstChoice(ObjectNode completion) {
    return (ObjectNode) completion.path("choices").path(0);
  }
}
