package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import io.github.semcache.openai.FakeReply;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Responses that the service stores, that use live data, and that contain reasoning. */
final class StoredResponsesTest extends CachedClientTest {
  private static final String RESPONSES = "/responses";
  private static final String MESSAGE =
      """
      {"type":"message","id":"msg_1","role":"assistant","status":"completed",
       "content":[{"type":"output_text","text":"Paris.","annotations":[],"logprobs":[]}]}\
      """;

  private final OpenAIClient open =
      CachedOpenAi.builder(cache).cacheStoredAnswers().build().wrap(plain);

  private static FakeReply response(String output) {
    return FakeReply.body(
        200,
        """
        {"id":"resp_1","object":"response","created_at":1700000000,"status":"completed",
         "model":"gpt-4o","error":null,"incomplete_details":null,"instructions":null,
         "metadata":{},"parallel_tool_calls":true,"temperature":1.0,"tool_choice":"auto",
         "tools":[],"top_p":1.0,"output":[%s]}\
        """
            .formatted(output));
  }

  @BeforeEach
  void answer() {
    server.always(RESPONSES, response(MESSAGE));
  }

  private static ResponseCreateParams.Builder asking() {
    return ResponseCreateParams.builder().model("gpt-4o").input(PARIS);
  }

  private int requests() {
    return server.requests(RESPONSES).size();
  }

  @Test
  void responsesThatTheServiceStoresAreNotShared() {
    client.responses().create(asking().build());
    client.responses().create(asking().store(true).build());
    client.responses().create(asking().build());
    assertThat(requests()).isEqualTo(3);

    client.responses().create(asking().store(false).build());
    assertThat(client.responses().create(asking().store(false).build()).id()).isEqualTo("resp_1");
    assertThat(requests()).isEqualTo(4);
  }

  @Test
  void responsesThatContinueAStoredOneAreNotShared() {
    ResponseCreateParams next = asking().store(false).previousResponseId("resp_0").build();
    for (OpenAIClient each : List.of(client, open, client)) {
      each.responses().create(next);
    }

    assertThat(requests()).isEqualTo(3);
  }

  @Test
  void hitOfAStoredResponseHasAnIdOfItsOwn() {
    Response miss = open.responses().create(asking().build());
    Response first = open.responses().create(asking().build());
    Response second = open.responses().create(asking().build());

    assertThat(requests()).isEqualTo(1);
    assertThat(miss.id()).isEqualTo("resp_1");
    assertThat(List.of(first.id(), second.id(), miss.id())).doesNotHaveDuplicates();
    assertThat(first.id()).startsWith("resp_semcache_");
    assertThat(Unmarked.of(first).toBuilder().id("resp_1").build()).isEqualTo(miss);
    assertThat(stream(open).get(0).asCreated().response().id()).startsWith("resp_semcache_");
  }

  @Test
  void storedCompletionIsNotShared() {
    for (int i = 0; i < 2; i++) {
      client.chat().completions().create(asking(PARIS).toBuilder().store(true).build());
    }

    assertThat(chatRequests()).isEqualTo(2);
  }

  private static List<ResponseStreamEvent> stream(OpenAIClient client) {
    try (StreamResponse<ResponseStreamEvent> events =
        client.responses().createStreaming(asking().build())) {
      return events.stream().toList();
    }
  }

  @Test
  void responseThatSearchedTheWebIsNotStored() {
    server.always(
        RESPONSES,
        response(
            "{\"type\":\"web_search_call\",\"id\":\"ws_1\",\"status\":\"completed\","
                + "\"action\":{\"type\":\"search\",\"query\":\"q\"}},"
                + MESSAGE));

    open.responses().create(asking().build());
    open.responses().create(asking().build());

    assertThat(requests()).isEqualTo(2);
    assertThat(cache.stats().notAdmitted()).isEqualTo(2);
  }

  @Test
  void replayContainsTheTextOfTheReasoning() {
    server.always(
        RESPONSES,
        response(
            "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[],\"content\":"
                + "[{\"type\":\"reasoning_text\",\"text\":\"France, so Paris\"}]},"
                + MESSAGE));
    open.responses().create(asking().build());

    List<ResponseStreamEvent> events = stream(open);

    assertThat(events).allSatisfy(event -> event.validate());
    assertThat(events.stream().flatMap(event -> event.reasoningTextDelta().stream()))
        .singleElement()
        .satisfies(delta -> assertThat(delta.delta()).isEqualTo("France, so Paris"));
    assertThat(events.stream().flatMap(event -> event.reasoningTextDone().stream())).hasSize(1);
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void malformedStructuredOutputIsNotStored() {
    ResponseCreateParams json =
        asking()
            .store(false)
            .putAdditionalBodyProperty(
                "text", JsonValue.from(Map.of("format", Map.of("type", "json_object"))))
            .build();

    client.responses().create(json);
    client.responses().create(json);

    assertThat(requests()).isEqualTo(2);
  }
}
