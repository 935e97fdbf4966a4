package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIIoException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.openai.FakeStream;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The responses API through a wrapped client. */
@Timeout(60)
final class CachedResponsesTest {
  private static final String RESPONSES = "/responses";
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final FakeEmbedder embedder = new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20);
  private final SemanticCache cache = SemanticCache.builder().embedder(embedder).build();
  private final OpenAIClient client = CachedOpenAi.wrap(plain, cache);

  @AfterEach
  void close() {
    client.close();
    plain.close();
    cache.close();
    server.close();
  }

  private static ResponseCreateParams asking(String question) {
    return ResponseCreateParams.builder().model("gpt-4o").store(false).input(question).build();
  }

  private List<ResponseStreamEvent> stream(String question) {
    try (StreamResponse<ResponseStreamEvent> events =
        client.responses().createStreaming(asking(question))) {
      return events.stream().toList();
    }
  }

  private static ObjectNode response(String status, String output) {
    try {
      return OpenAiJson.parseObject(
          """
          {"id":"resp_1","object":"response","created_at":1700000000,"status":"%s","model":"gpt-4o",
           "x_unknown":{"kept":true},"error":null,"incomplete_details":null,"instructions":null,
           "metadata":{},"parallel_tool_calls":true,"temperature":1.0,"tool_choice":"auto",
           "tools":[],"top_p":1.0,"output":[%s],
           "usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":0,
             "cache_write_tokens":0},"output_tokens":7,
             "output_tokens_details":{"reasoning_tokens":0},"total_tokens":12}}\
          """
              .formatted(status, output));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final String REASONING =
      """
      {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"France, so Paris"}]}\
      """;

  private static String message(String text) {
    return """
    {"type":"message","id":"msg_1","role":"assistant","status":"completed",
     "content":[{"type":"output_text","text":"%s","annotations":[],"logprobs":[]}]}\
    """
        .formatted(text);
  }

  private static final String TOOL_CALL =
      """
      {"type":"function_call","id":"fc_1","call_id":"c_1","name":"f","arguments":"{}","status":"completed"}\
      """;

  private static final String REFUSAL =
      """
      {"type":"message","id":"msg_1","role":"assistant","status":"completed",
       "content":[{"type":"refusal","refusal":"I cannot."}]}\
      """;

  private static FakeReply json(String status, String output) {
    return FakeReply.json(200, response(status, output));
  }

  private static FakeStream streamed(String last, ObjectNode response) {
    ObjectNode event = OpenAiJson.newObject().put("type", last).put("sequence_number", 2);
    event.set("response", response);
    return FakeStream.start()
        .raw(
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
                + "\"sequence_number\":1,\"item_id\":\"msg_1\",\"output_index\":0,"
                + "\"content_index\":0,\"delta\":\"Paris.\",\"logprobs\":[]}\n\n")
        .raw("event: " + last + "\ndata: " + OpenAiJson.text(event) + "\n\n");
  }

  private int requests() {
    return server.requests(RESPONSES).size();
  }

  @Test
  @SuppressWarnings("deprecation") // internal, but part of the answer
  void paraphraseSendsNoSecondRequestAndReturnsTheSameAnswer() {
    server.next(RESPONSES, json("completed", REASONING + "," + message("Paris.")));

    Response miss = client.responses().create(asking(PARIS));
    Response hit = client.responses().create(asking(PARIS_AGAIN));

    assertThat(Unmarked.of(hit)).isEqualTo(miss);
    assertThat(hit.validate().output()).hasSize(2);
    assertThat(hit.usage().orElseThrow().totalTokens()).isEqualTo(12);
    assertThat(hit._additionalProperties()).containsKey("x_unknown");
    assertThat(requests()).isEqualTo(1);
    assertThat(cache.stats().tokensSaved()).isEqualTo(12);
  }

  @Test
  void entryOfABlockingCallIsReplayedAsAStream() {
    server.next(RESPONSES, json("completed", REASONING + "," + message("Paris.")));

    Response miss = client.responses().create(asking(PARIS));
    List<ResponseStreamEvent> hit = stream(PARIS);

    assertThat(hit).allSatisfy(event -> event.validate());
    assertThat(Unmarked.of(accumulated(hit))).isEqualTo(miss);
    assertThat(hit.stream().flatMap(event -> event.outputTextDelta().stream()))
        .singleElement()
        .satisfies(delta -> assertThat(delta.delta()).isEqualTo("Paris."));
    assertThat(hit.get(hit.size() - 1).isCompleted()).isTrue();
    assertThat(requests()).isEqualTo(1);
  }

  private static Response accumulated(List<ResponseStreamEvent> events) {
    ResponseAccumulator accumulator = ResponseAccumulator.create();
    events.forEach(accumulator::accumulate);
    return accumulator.response();
  }

  @Test
  void entryOfAStreamAnswersABlockingCall() {
    server.next(
        RESPONSES, streamed("response.completed", response("completed", message("Paris."))));

    List<ResponseStreamEvent> miss = stream(PARIS);
    Response hit = client.responses().create(asking(PARIS));

    assertThat(miss).hasSize(2);
    assertThat(hit.id()).isEqualTo("resp_1");
    assertThat(hit.status()).contains(ResponseStatus.COMPLETED);
    assertThat(Unmarked.of(hit)).isEqualTo(miss.get(1).asCompleted().response());
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void terminalEventDoesNotWaitForTheStore() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    CountDownLatch gate = new CountDownLatch(1);
    store.beforePut(gate);
    server.next(
        RESPONSES, streamed("response.completed", response("completed", message("Paris."))));
    try (SemanticCache slow = SemanticCache.builder().embedder(embedder).store(store).build();
        StreamResponse<ResponseStreamEvent> events =
            CachedOpenAi.wrap(plain, slow).responses().createStreaming(asking(PARIS))) {
      Iterator<ResponseStreamEvent> iterator = events.stream().iterator();
      iterator.next();
      assertThat(iterator.next().isCompleted()).isTrue();
      assertThat(store.written()).isEmpty();
      gate.countDown();
      assertThat(iterator.hasNext()).isFalse();
      assertThat(store.written()).hasSize(1);
    }
  }

  @Test
  void incompleteAnswersAreNotStored() {
    server.next(
        RESPONSES,
        json("incomplete", message("Par")),
        json("completed", TOOL_CALL),
        json("completed", REFUSAL),
        json("failed", ""),
        json("completed", ""),
        streamed("response.incomplete", response("incomplete", message("Par"))),
        streamed("response.failed", response("failed", "")));

    for (int i = 0; i < 5; i++) {
      client.responses().create(asking(PARIS));
    }
    stream(PARIS);
    stream(PARIS);

    assertThat(requests()).isEqualTo(7);
    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().notAdmitted()).isEqualTo(7);
  }

  @Test
  void lostConnectionFailsTheCallAndNothingIsStored() {
    server.next(
        RESPONSES,
        FakeStream.start().raw("data: {\"type\":\"response.in_progress\"}\n\n").disconnect(),
        json("completed", message("Paris.")));

    assertThatThrownBy(() -> stream(PARIS)).isInstanceOf(OpenAIIoException.class);
    client.responses().create(asking(PARIS));

    assertThat(requests()).isEqualTo(2);
  }

  @Test
  void conversationIsPassedThrough() {
    server.always(RESPONSES, json("completed", message("Paris.")));
    ResponseCreateParams conversation = asking(PARIS).toBuilder().conversation("conv_1").build();

    client.responses().create(conversation);
    client.responses().create(conversation);
    client.responses().create(asking(PARIS).toBuilder().previousResponseId("resp_0").build());
    client.responses().create(asking(PARIS));
    client.responses().create(CacheControl.bypass().on(asking(PARIS)));

    assertThat(requests()).isEqualTo(5);
  }

  @Test
  @SuppressWarnings("deprecation") // internal, but part of the answer
  void hitEchoesTheMetadataOfItsOwnRequest() {
    ObjectNode answer = response("completed", message("Paris."));
    answer.putObject("metadata").put("customer", "first");
    answer.put("user", "first").put("safety_identifier", "first").put("prompt_cache_key", "first");
    server.next(RESPONSES, FakeReply.json(200, answer));
    client.responses().create(asking(PARIS).toBuilder().metadata(metadata("first")).build());

    ResponseCreateParams second =
        asking(PARIS).toBuilder().metadata(metadata("second")).promptCacheKey("second").build();
    Response hit = client.responses().create(second);
    Response without = client.responses().create(asking(PARIS));

    assertThat(hit.metadata().orElseThrow()._additionalProperties().toString()).contains("second");
    assertThat(hit.promptCacheKey()).contains("second");
    assertThat(hit.safetyIdentifier()).isEmpty();
    assertThat(without.metadata().orElseThrow()._additionalProperties()).isEmpty();
    assertThat(without.promptCacheKey()).isEmpty();
    assertThat(accumulated(stream(PARIS)).toString()).doesNotContain("first");
    assertThat(requests()).isEqualTo(1);
  }

  private static ResponseCreateParams.Metadata metadata(String customer) {
    return ResponseCreateParams.Metadata.builder()
        .putAdditionalProperty("customer", JsonValue.from(customer))
        .build();
  }

  @Test
  void replayContainsToolCallsAndRefusals() {
    ObjectNode answer = response("completed", TOOL_CALL + "," + REFUSAL);

    String events = new ResponsesApi().toStream(answer, false);

    assertThat(events)
        .contains("response.function_call_arguments.done", "response.refusal.delta")
        .contains("\"arguments\":\"{}\"", "I cannot.");
  }

  @Test
  void answerCreatedFromATextIsAValidResponse() {
    ObjectNode answer = new ResponsesApi().createAnswer(ChatReply.of("Paris.").model("gpt-4o"));

    Response response = JsonValue.fromJsonNode(answer).convert(Response.class);

    assertThat(response).isNotNull();
    assertThat(response.output().get(0).asMessage().content().get(0).asOutputText().text())
        .isEqualTo("Paris.");
  }
}
