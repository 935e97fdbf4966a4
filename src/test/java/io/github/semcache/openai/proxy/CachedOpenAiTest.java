package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.MustBeClosed;
import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.StructuredChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.openai.RecordedRequest;
import io.github.semcache.store.CacheEntry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Blocking chat completions through a wrapped client. */
final class CachedOpenAiTest extends CachedClientTest {
  @Test
  void paraphraseSendsNoSecondRequest() {
    server.answer(PARIS, "Paris.");

    ChatCompletion first = create(client, PARIS);
    ChatCompletion second = create(client, PARIS_AGAIN);

    assertThat(text(first)).isEqualTo("Paris.");
    assertThat(Unmarked.of(second)).isEqualTo(first);
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
    assertThat(cache.stats().requests()).isEqualTo(2);
  }

  @Test
  void requestOfAMissIsTheSameAsWithoutTheCache() {
    create(plain, PARIS);
    create(client, PARIS);

    RecordedRequest without = server.requests(CHAT).get(0);
    RecordedRequest with = server.requests(CHAT).get(1);
    assertThat(with.body()).isEqualTo(without.body());
    assertThat(with.headers().keySet()).isEqualTo(without.headers().keySet());
    assertThat(with.header("Authorization")).isEqualTo(without.header("Authorization"));
  }

  @Test
  @SuppressWarnings("deprecation") // deprecated or internal, but part of the answer
  void hitReturnsAllFieldsOfTheAnswer() {
    server.next(CHAT, FakeCompletions.text("Paris.", "stop", CachedOpenAiTest::addDetails));

    ChatCompletion miss = create(client, PARIS);
    ChatCompletion hit = create(client, PARIS);

    assertThat(Unmarked.of(hit)).isEqualTo(miss);
    assertThat(hit.id()).isEqualTo(miss.id());
    assertThat(hit.created()).isEqualTo(miss.created());
    assertThat(hit.model()).isEqualTo("gpt-4o");
    assertThat(hit.usage()).isEqualTo(miss.usage()).isPresent();
    assertThat(hit.systemFingerprint()).contains("fp_44709d6fcb");
    assertThat(String.valueOf(hit._additionalProperties().get("x_top"))).contains("1.5");
    ChatCompletion.Choice choice = hit.choices().get(0);
    assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(choice.logprobs().orElseThrow().content().orElseThrow().get(0).logprob())
        .isEqualTo(-0.25);
    assertThat(choice.message().annotations())
        .isEqualTo(miss.choices().get(0).message().annotations());
    assertThat(choice.message()._additionalProperties()).containsKey("reasoning_content");
    assertThat(choice.message().refusal()).isEmpty();
    assertThat(choice.message().toolCalls()).isEmpty();
    hit.validate();
  }

  static void addDetails(ObjectNode body) {
    body.put("system_fingerprint", "fp_44709d6fcb").put("service_tier", "default");
    body.putObject("x_top").put("number", new BigDecimal("1.50"));
    ObjectNode choice = (ObjectNode) body.path("choices").path(0);
    ObjectNode message = (ObjectNode) choice.get("message");
    message.put("reasoning_content", "France, so Paris").putArray("annotations");
    ObjectNode token = choice.putObject("logprobs").putArray("content").addObject();
    token.put("token", "Paris").put("logprob", -0.25).putNull("bytes").putArray("top_logprobs");
    ((ObjectNode) choice.get("logprobs")).putNull("refusal");
  }

  @Test
  void rawResponseHasTheSourceOfTheAnswer() {
    try (HttpResponseFor<ChatCompletion> miss = raw(client, PARIS)) {
      assertThat(miss.headers().values(CacheControl.SOURCE)).containsExactly("model");
      assertThat(miss.headers().values("Content-Type")).isNotEmpty();
    }
    time.advance(Duration.ofSeconds(90));
    try (HttpResponseFor<ChatCompletion> exact = raw(client, PARIS)) {
      assertThat(exact.headers().values(CacheControl.SOURCE)).containsExactly("exact");
      assertThat(exact.headers().values(CacheControl.AGE)).containsExactly("90");
      assertThat(text(exact.parse())).isNotBlank();
    }
    try (HttpResponseFor<ChatCompletion> semantic = raw(client, PARIS_AGAIN)) {
      assertThat(semantic.headers().values(CacheControl.SOURCE)).containsExactly("semantic");
      assertThat(semantic.headers().values(CacheControl.DISTANCE).get(0)).startsWith("0.06");
    }
    try (HttpResponseFor<ChatCompletion> without = raw(plain, PARIS)) {
      assertThat(without.headers().values(CacheControl.SOURCE)).isEmpty();
    }
  }

  @Test
  @SuppressWarnings("deprecation") // internal, but part of the answer
  void responseSaysNothingAboutTheCacheIfHitsAreNotMarked() {
    OpenAIClient unmarked = CachedOpenAi.builder(cache).marksHits(false).build().wrap(plain);

    for (String question : List.of(PARIS, PARIS, PARIS_AGAIN)) {
      try (HttpResponseFor<ChatCompletion> response = raw(unmarked, question)) {
        assertThat(response.headers().names()).noneMatch(name -> name.startsWith("X-Semcache"));
        assertThat(response.headers().values(CacheControl.AGE)).isEmpty();
        assertThat(response.parse()._additionalProperties()).doesNotContainKey(CacheControl.HIT);
      }
    }
    for (String question : List.of(PARIS, OTHER)) {
      try (HttpResponseFor<StreamResponse<ChatCompletionChunk>> response =
          unmarked.chat().completions().withRawResponse().createStreaming(asking(question))) {
        assertThat(response.headers().names()).noneMatch(name -> name.startsWith("X-Semcache"));
        try (StreamResponse<ChatCompletionChunk> stream = response.parse()) {
          assertThat(stream.stream())
              .isNotEmpty()
              .noneMatch(chunk -> chunk._additionalProperties().containsKey(CacheControl.HIT));
        }
      }
    }
    assertThat(cache.stats().exactHits()).isEqualTo(2);
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
  }

  @MustBeClosed
  private static HttpResponseFor<ChatCompletion> raw(OpenAIClient client, String question) {
    return client.chat().completions().withRawResponse().create(asking(question));
  }

  @Test
  void concurrentCallsWithTheSameQuestionSendOneRequest() {
    server.always(CHAT, FakeReply.after(gate, FakeCompletions.text("Paris.", "stop")));

    List<CompletableFuture<ChatCompletion>> calls =
        Stream.generate(() -> onNewThread(() -> create(client, PARIS))).limit(8).toList();
    awaitCoalesced(7);
    gate.countDown();

    assertThat(calls).allSatisfy(call -> assertThat(text(call.join())).isEqualTo("Paris."));
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void entryWithAMalformedPayloadIsAnsweredWithItsText() {
    server.answer(PARIS, "Paris.");
    create(client, PARIS);
    store.onFind(
        found ->
            found.map(
                entry ->
                    new CacheEntry(
                        entry.key(),
                        entry.scope(),
                        entry.prompt(),
                        entry.answer(),
                        Map.of("payload", "{ broken", "model", "gpt-4o"),
                        entry.createdAt())));

    ChatCompletion hit = create(client, PARIS);

    assertThat(text(hit)).isEqualTo("Paris.");
    assertThat(hit.validate().model()).isEqualTo("gpt-4o");
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
  }

  @Test
  void incompleteAnswersAreNotStored() {
    server.next(
        CHAT,
        FakeCompletions.text("Par", "length"),
        FakeCompletions.text("***", "content_filter"),
        FakeCompletions.refusal("I cannot."),
        FakeCompletions.toolCall("lookup", "{}", "tool_calls"),
        FakeCompletions.text("", "stop"),
        FakeCompletions.text("a", "stop", CachedOpenAiTest::addChoice));

    for (int i = 0; i < 6; i++) {
      create(client, PARIS);
    }

    assertThat(chatRequests()).isEqualTo(6);
    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().notAdmitted()).isEqualTo(6);
  }

  private static void addChoice(ObjectNode body) {
    body.withArray("choices")
        .add(body.path("choices").path(0).<ObjectNode>deepCopy().put("index", 1));
  }

  @Test
  void admissionExtendsWhatIsStored() {
    SemanticCache open = builder().admission(Admission.everything()).build();
    OpenAIClient wrapped = CachedOpenAi.wrap(plain, open);
    server.next(CHAT, FakeCompletions.toolCall("lookup", "{\"q\": 1}", "tool_calls"));
    ChatCompletion toolCall = create(wrapped, PARIS);
    server.next(CHAT, FakeCompletions.text("a", "stop", CachedOpenAiTest::addChoice));
    ChatCompletion choices = create(wrapped, OTHER);

    assertThat(Unmarked.of(create(wrapped, PARIS))).isEqualTo(toolCall);
    assertThat(create(wrapped, PARIS).choices().get(0).message().toolCalls().orElseThrow())
        .singleElement()
        .satisfies(
            call -> assertThat(call.asFunction().function().arguments()).isEqualTo("{\"q\": 1}"));
    assertThat(Unmarked.of(create(wrapped, OTHER))).isEqualTo(choices);
    assertThat(choices.choices()).hasSize(2);
    assertThat(chatRequests()).isEqualTo(2);
  }

  /** The type of the structured output. */
  public static final class Capital {
    public String city = "";
    public int inhabitants;
  }

  @Test
  void structuredOutputOfAHitIsParsed() {
    server.answer(PARIS, "{\"city\": \"Paris\", \"inhabitants\": 2100000}");
    StructuredChatCompletionCreateParams<Capital> params =
        ChatCompletionCreateParams.builder()
            .model("gpt-4o")
            .addUserMessage(PARIS)
            .responseFormat(Capital.class)
            .build();

    for (int i = 0; i < 2; i++) {
      Capital capital =
          client
              .chat()
              .completions()
              .create(params)
              .choices()
              .get(0)
              .message()
              .content()
              .orElseThrow();
      assertThat(capital.city).isEqualTo("Paris");
      assertThat(capital.inhabitants).isEqualTo(2_100_000);
    }
    create(client, PARIS);
    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void otherRequestsArePassedThrough() {
    EmbeddingCreateParams params =
        EmbeddingCreateParams.builder().model("text-embedding-3-small").input(PARIS).build();

    client.embeddings().create(params);
    client.embeddings().create(params);

    assertThat(server.requests(FakeOpenAiServer.EMBEDDINGS)).hasSize(2);
    assertThat(cache.stats().requests()).isZero();
  }

  @Test
  void requestWithoutAQuestionIsPassedThrough() {
    ChatCompletionCreateParams silent =
        ChatCompletionCreateParams.builder().model("m").addSystemMessage("Say hello.").build();

    client.chat().completions().create(silent);
    client.chat().completions().create(asking("  "));

    assertThat(chatRequests()).isEqualTo(2);
    assertThat(cache.stats().requests()).isZero();
  }

  @Test
  void servicesAndGatewaysDoNotShareAnswers() {
    try (FakeOpenAiServer elsewhere = FakeOpenAiServer.start()) {
      OpenAIClient plainElsewhere = elsewhere.client();
      create(client, PARIS);
      create(CachedOpenAi.wrap(plainElsewhere, cache), PARIS);
      assertThat(elsewhere.requests(CHAT)).hasSize(1);

      CachedOpenAi named = CachedOpenAi.builder(cache).endpoint("one").build();
      create(named.wrap(plain), PARIS);
      create(named.wrap(plainElsewhere), PARIS);
      assertThat(elsewhere.requests(CHAT)).hasSize(1);
      plainElsewhere.close();
    }
    create(client.withOptions(o -> o.organization("org-2")), PARIS);
    assertThat(chatRequests()).isEqualTo(3);

    OpenAIClient gateway = CachedOpenAi.builder(cache).scopeHeader("X-Route").build().wrap(plain);
    Consumer<String> viaRoute =
        route ->
            gateway
                .chat()
                .completions()
                .create(asking(PARIS).toBuilder().putAdditionalHeader("x-route", route).build());
    viaRoute.accept("a");
    viaRoute.accept("b");
    viaRoute.accept("a");
    assertThat(chatRequests()).isEqualTo(5);
  }
}
