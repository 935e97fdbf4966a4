package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.JsonValue;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.openai.FakeStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which completions that end normally are stored. */
final class AdmissionFidelityTest extends CachedClientTest {
  private static final Map<String, Object> SCHEMA =
      Map.of(
          "type",
          "object",
          "required",
          List.of("city"),
          "properties",
          Map.of("city", Map.of("type", "string")));

  private static ChatCompletionCreateParams with(String field, Object value) {
    return asking(PARIS).toBuilder()
        .putAdditionalBodyProperty(field, JsonValue.from(value))
        .build();
  }

  private static ChatCompletionCreateParams withSchema() {
    return with(
        "response_format",
        Map.of("type", "json_schema", "json_schema", Map.of("name", "c", "schema", SCHEMA)));
  }

  private int requestsFor(ChatCompletionCreateParams params, FakeReply first, FakeReply second) {
    server.next(CHAT, first, second);
    client.chat().completions().create(params);
    client.chat().completions().create(params);
    client.chat().completions().create(params);
    return chatRequests();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"city\": \"Par", "{\"city\": 1}", "{}", "Paris", "{\"city\":\"a\"} b"})
  void answerThatDoesNotConformToTheSchemaIsNotStored(String malformed) {
    int requests =
        requestsFor(
            withSchema(),
            FakeCompletions.text(malformed, "stop"),
            FakeCompletions.text("{\"city\": \"Paris\"}", "stop"));

    assertThat(requests).isEqualTo(2);
    assertThat(cache.stats().notAdmitted()).isEqualTo(1);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void truncatedJsonObjectIsNotStored() {
    int requests =
        requestsFor(
            with("response_format", Map.of("type", "json_object")),
            FakeCompletions.text("{\"city\": ", "stop"),
            FakeCompletions.text("{\"anything\": true}", "stop"));

    assertThat(requests).isEqualTo(2);
  }

  @Test
  void truncatedJsonOfAStreamIsNotStored() {
    server.next(
        CHAT,
        FakeStream.completion("{\"city\":", " \"Par"),
        FakeStream.completion("{\"city\":", " \"Paris\"}"));

    for (int i = 0; i < 3; i++) {
      stream(client, withSchema());
    }

    assertThat(chatRequests()).isEqualTo(2);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"eos_token", "STOP", "end_turn", "stop_sequence", "COMPLETE", ""})
  void otherNamesOfACompleteAnswerAreKnown(String reason) {
    assertThat(
            requestsFor(
                asking(PARIS),
                FakeCompletions.text("Paris.", reason),
                FakeCompletions.text("unused", "stop")))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_tokens", "LENGTH", "abort", "SAFETY", "tool_use"})
  void otherNamesOfAnIncompleteAnswerAreKnown(String reason) {
    assertThat(
            requestsFor(
                asking(PARIS),
                FakeCompletions.text("Par", reason),
                FakeCompletions.text("Paris.", "stop")))
        .isEqualTo(2);
  }

  @Test
  void answerWithoutAReasonIsCompleteUnlessItReachesTheTokenLimit() {
    FakeReply without = FakeCompletions.text("Paris.", "", AdmissionFidelityTest::removeReason);
    ChatCompletionCreateParams limited = asking(PARIS).toBuilder().maxCompletionTokens(7).build();

    assertThat(requestsFor(asking(PARIS), without, without)).isEqualTo(1);
    client.chat().completions().create(limited);
    client.chat().completions().create(limited);
    assertThat(chatRequests()).isGreaterThanOrEqualTo(3);
    assertThat(cache.stats().notAdmitted()).isEqualTo(1);
  }

  private static void removeReason(ObjectNode body) {
    ((ObjectNode) body.path("choices").path(0)).putNull("finish_reason");
  }

  @Test
  void answersFromLiveDataAreNotStored() {
    List<ChatCompletionCreateParams> requests =
        List.of(
            with("web_search_options", Map.of()),
            with("search_parameters", Map.of("mode", "auto")),
            with("tools", List.of(Map.of("type", "web_search_preview"))),
            with("plugins", List.of(Map.of("id", "web"))),
            asking(PARIS).toBuilder().model("gpt-4o-search-preview").build(),
            asking(PARIS).toBuilder().model("openai/gpt-4o:online").build());
    for (ChatCompletionCreateParams request : requests) {
      client.chat().completions().create(request);
      client.chat().completions().create(request);
    }

    assertThat(chatRequests()).isEqualTo(2 * requests.size());
    assertThat(cache.stats().writes()).isZero();
  }

  @Test
  void answerThatCitesAWebPageIsNotStored() {
    FakeReply citing =
        FakeCompletions.text(
            "Paris [1]",
            "stop",
            body ->
                ((ObjectNode) body.path("choices").path(0).path("message"))
                    .putArray("annotations")
                    .addObject()
                    .put("type", "url_citation")
                    .putObject("url_citation")
                    .put("url", "http://localhost/")
                    .put("title", "t")
                    .put("start_index", 0)
                    .put("end_index", 1));

    assertThat(requestsFor(asking(PARIS), citing, citing)).isEqualTo(3);
  }
}
