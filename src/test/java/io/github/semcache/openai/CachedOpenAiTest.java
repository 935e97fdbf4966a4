package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.MustBeClosed;
import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.StructuredChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.Admission;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FakeEmbedder;
import io.github.semcache.testing.FakeTime;
import io.github.semcache.testing.FaultyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blocking chat completions through a client with a cache. */
@Timeout(60)
final class CachedOpenAiTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";
  private static final String OTHER = "How do I reverse a string in Python?";

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final FakeTime time = FakeTime.atStartOf2026();
  private final FakeEmbedder embedder =
      new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20).place(OTHER, 90);
  private final SemanticCache cache = builder().build();
  private final OpenAIClient client = CachedOpenAi.wrap(plain, cache);

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .embedder(embedder)
        .timeSource(time)
        .timeToLive(Duration.ofDays(9));
  }

  @AfterEach
  void close() {
    client.close();
    plain.close();
    cache.close();
    server.close();
  }

  private static ChatCompletionCreateParams.Builder asking(String question) {
    return ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(question);
  }

  private static ChatCompletion create(OpenAIClient client, String question) {
    return client.chat().completions().create(asking(question).build());
  }

  private static String text(ChatCompletion completion) {
    return completion.choices().get(0).message().content().orElse("");
  }

  private int chatRequests() {
    return server.requests(CHAT).size();
  }

  @Test
  void paraphrasedQuestionMakesNoSecondChatRequest() {
    server.answer(PARIS, "Paris.");

    ChatCompletion first = create(client, PARIS);
    ChatCompletion second = create(client, PARIS_AGAIN);

    assertThat(text(first)).isEqualTo("Paris.");
    assertThat(second).isEqualTo(first);
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
    assertThat(cache.stats().requests()).isEqualTo(2);
  }

  @Test
  void requestOfAMissLeavesAsItWouldWithoutTheCache() {
    create(plain, PARIS);
    create(client, PARIS);

    RecordedRequest without = server.requests(CHAT).get(0);
    RecordedRequest with = server.requests(CHAT).get(1);
    assertThat(with.body()).isEqualTo(without.body());
    assertThat(with.headers().keySet()).isEqualTo(without.headers().keySet());
    assertThat(with.header("Authorization")).isEqualTo(without.header("Authorization"));
  }

  @Test
  @SuppressWarnings("deprecation") // deprecated by the service, or internal, but part of the answer
  void everythingThatTheModelGaveSurvivesAHit() {
    server.next(CHAT, FakeCompletions.text("Paris.", "stop", CachedOpenAiTest::addDetails));

    ChatCompletion miss = create(client, PARIS);
    ChatCompletion hit = create(client, PARIS);

    assertThat(hit).isEqualTo(miss);
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
    body.putObject("x_top").put("number", new java.math.BigDecimal("1.50"));
    ObjectNode choice = (ObjectNode) body.path("choices").path(0);
    ObjectNode message = (ObjectNode) choice.get("message");
    message.put("reasoning_content", "France, so Paris").putArray("annotations");
    ObjectNode token = choice.putObject("logprobs").putArray("content").addObject();
    token.put("token", "Paris").put("logprob", -0.25).putNull("bytes").putArray("top_logprobs");
    ((ObjectNode) choice.get("logprobs")).putNull("refusal");
  }

  @Test
  void rawResponseTellsWhereTheAnswerCameFrom() {
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

  @MustBeClosed
  private static HttpResponseFor<ChatCompletion> raw(OpenAIClient client, String question) {
    return client.chat().completions().withRawResponse().create(asking(question).build());
  }

  @Test
  void manyThreadsWithTheSameNewQuestionMakeOneRequest() {
    CountDownLatch gate = new CountDownLatch(1);
    server.always(CHAT, FakeReply.after(gate, FakeCompletions.text("Paris.", "stop")));

    List<CompletableFuture<ChatCompletion>> calls =
        Stream.generate(() -> onNewThread(() -> create(client, PARIS))).limit(8).toList();
    awaitCoalesced(7);
    gate.countDown();

    assertThat(calls).allSatisfy(call -> assertThat(text(call.join())).isEqualTo("Paris."));
    assertThat(chatRequests()).isEqualTo(1);
  }

  private static <T> CompletableFuture<T> onNewThread(java.util.function.Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
  }

  private void awaitCoalesced(int count) {
    org.awaitility.Awaitility.await().until(() -> cache.stats().coalesced() == count);
  }

  @Test
  void followersOfAFailedRequestGetTheSameError() {
    CountDownLatch gate = new CountDownLatch(1);
    server.always(CHAT, FakeReply.after(gate, FakeReply.error(400, "no such model")));

    List<CompletableFuture<ChatCompletion>> calls =
        Stream.generate(() -> onNewThread(() -> create(client, PARIS))).limit(4).toList();
    awaitCoalesced(3);
    gate.countDown();

    assertThat(calls)
        .allSatisfy(
            call ->
                assertThatExceptionOfType(java.util.concurrent.CompletionException.class)
                    .isThrownBy(call::join)
                    .withCauseInstanceOf(BadRequestException.class)
                    .withMessageContaining("no such model"));
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void rateLimitIsRetriedBelowTheCache() {
    server.next(CHAT, FakeReply.rateLimited(1), FakeReply.rateLimited(1));
    server.answer(PARIS, "Paris.");

    assertThat(text(create(client, PARIS))).isEqualTo("Paris.");
    assertThat(text(create(client, PARIS))).isEqualTo("Paris.");
    assertThat(chatRequests()).isEqualTo(3);
    assertThat(cache.stats().modelCalls()).isEqualTo(1);
  }

  @Test
  void errorsArriveAsWithoutTheCacheAndAreNotKept() {
    server.always(CHAT, FakeReply.rateLimited(1));
    RateLimitException without = failure(RateLimitException.class, plain);
    int attempts = chatRequests();
    RateLimitException with = failure(RateLimitException.class, client);

    assertThat(with.statusCode()).isEqualTo(without.statusCode());
    assertThat(with.getMessage()).isEqualTo(without.getMessage());
    assertThat(with.type()).isEqualTo(without.type());
    assertThat(chatRequests()).isEqualTo(2 * attempts);

    server.always(CHAT, FakeReply.error(500, "broken"));
    assertThat(failure(InternalServerException.class, client).statusCode()).isEqualTo(500);
    assertThat(cache.stats().stores()).isZero();
    assertThat(cache.stats().modelErrors()).isEqualTo(2);
  }

  private static <T extends Throwable> T failure(Class<T> type, OpenAIClient client) {
    return org.assertj.core.api.Assertions.catchThrowableOfType(type, () -> create(client, PARIS));
  }

  @Test
  void bodyThatBreaksOffFailsAsWithoutTheCache() {
    server.always(CHAT, FakeReply.cutOff("{\"id\":\"x\","));

    OpenAIInvalidDataException without = failure(OpenAIInvalidDataException.class, plain);
    OpenAIInvalidDataException with = failure(OpenAIInvalidDataException.class, client);

    assertThat(with.getMessage()).isEqualTo(without.getMessage());
    assertThat(with).hasRootCauseInstanceOf(rootOf(without).getClass());
    assertThat(cache.stats().stores()).isZero();
  }

  private static Throwable rootOf(Throwable e) {
    return e.getCause() == null ? e : rootOf(e.getCause());
  }

  @Test
  void bodyThatIsNoAnswerReachesTheCallerAsItIs() {
    server.always(CHAT, FakeReply.body(200, "[1, 2]"));
    assertThat(failure(OpenAIInvalidDataException.class, client).getMessage())
        .isEqualTo(failure(OpenAIInvalidDataException.class, plain).getMessage());

    server.always(CHAT, FakeReply.body(200, "{\"id\": \"x\", \"choices\": []}"));
    assertThat(create(client, PARIS).choices()).isEmpty();
    assertThat(cache.stats().stores()).isZero();
  }

  @Test
  void unreachableServiceFailsAsWithoutTheCache() {
    server.close();

    assertThat(failure(OpenAIIoException.class, client).getMessage())
        .isEqualTo(failure(OpenAIIoException.class, plain).getMessage());
  }

  @Test
  void troubleInTheCacheDoesNotReachTheCaller() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    SemanticCache broken = builder().store(store).build();
    OpenAIClient resilient = CachedOpenAi.wrap(plain, broken);
    server.answer(PARIS, "Paris.");

    store.fail(FaultyStore.Call.FIND, FaultyStore.Call.NEAREST, FaultyStore.Call.PUT);
    assertThat(text(create(resilient, PARIS))).isEqualTo("Paris.");
    store.recover();
    embedder.failWith(new IllegalStateException("down"));
    assertThat(text(create(resilient, PARIS))).isEqualTo("Paris.");
    broken.close();
    assertThat(text(create(resilient, PARIS))).isEqualTo("Paris.");
  }

  @Test
  void entryWithoutTheServicesOwnReplyAnswersWithItsText() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    SemanticCache damaged = builder().store(store).build();
    OpenAIClient wrapped = CachedOpenAi.wrap(plain, damaged);
    server.answer(PARIS, "Paris.");
    create(wrapped, PARIS);
    store.onFind(
        found ->
            found.map(
                entry ->
                    new io.github.semcache.store.CacheEntry(
                        entry.key(),
                        entry.scope(),
                        entry.prompt(),
                        entry.answer(),
                        java.util.Map.of("payload", "{ broken", "model", "gpt-4o"),
                        entry.createdAt())));

    ChatCompletion hit = create(wrapped, PARIS);

    assertThat(text(hit)).isEqualTo("Paris.");
    assertThat(hit.validate().model()).isEqualTo("gpt-4o");
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void incompleteAnswersAreNotKept() {
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
    assertThat(cache.stats().stores()).isZero();
    assertThat(cache.stats().notAdmitted()).isEqualTo(6);
  }

  private static void addChoice(ObjectNode body) {
    body.withArray("choices")
        .add(body.path("choices").path(0).<ObjectNode>deepCopy().put("index", 1));
  }

  @Test
  void admissionWidensWhatIsKept() {
    SemanticCache open = builder().admission(Admission.everything()).build();
    OpenAIClient wrapped = CachedOpenAi.wrap(plain, open);
    server.next(CHAT, FakeCompletions.toolCall("lookup", "{\"q\": 1}", "tool_calls"));
    ChatCompletion toolCall = create(wrapped, PARIS);
    server.next(CHAT, FakeCompletions.text("a", "stop", CachedOpenAiTest::addChoice));
    ChatCompletion choices = create(wrapped, OTHER);

    assertThat(create(wrapped, PARIS)).isEqualTo(toolCall);
    assertThat(create(wrapped, PARIS).choices().get(0).message().toolCalls().orElseThrow())
        .singleElement()
        .satisfies(
            call -> assertThat(call.asFunction().function().arguments()).isEqualTo("{\"q\": 1}"));
    assertThat(create(wrapped, OTHER)).isEqualTo(choices);
    assertThat(choices.choices()).hasSize(2);
    assertThat(chatRequests()).isEqualTo(2);
  }

  /** What the structured output is parsed to. */
  public static final class Capital {
    public String city = "";
    public int inhabitants;
  }

  @Test
  void structuredOutputIsParsedFromAHitAsFromAMiss() {
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
  void otherRequestsPassThrough() {
    EmbeddingCreateParams params =
        EmbeddingCreateParams.builder().model("text-embedding-3-small").input(PARIS).build();

    client.embeddings().create(params);
    client.embeddings().create(params);

    assertThat(server.requests(FakeOpenAiServer.EMBEDDINGS)).hasSize(2);
    assertThat(cache.stats().requests()).isZero();
  }

  @Test
  void requestWithoutAQuestionPassesThrough() {
    ChatCompletionCreateParams silent =
        ChatCompletionCreateParams.builder().model("m").addSystemMessage("Say hello.").build();

    client.chat().completions().create(silent);
    client.chat().completions().create(asking("  ").build());

    assertThat(chatRequests()).isEqualTo(2);
    assertThat(cache.stats().requests()).isZero();
  }

  @Test
  void controlDecidesForASingleCall() {
    server.answer(PARIS, "one");
    assertThat(text(ask(CacheControl.use()))).isEqualTo("one");
    server.answer(PARIS, "two");
    assertThat(text(ask(CacheControl.use()))).isEqualTo("one");
    assertThat(text(ask(CacheControl.bypass()))).isEqualTo("two");
    assertThat(text(ask(CacheControl.use()))).isEqualTo("one");
    assertThat(text(ask(CacheControl.refresh()))).isEqualTo("two");
    server.answer(PARIS, "three");
    assertThat(text(ask(CacheControl.use()))).isEqualTo("two");
    assertThat(text(ask(CacheControl.use().tag("ten ant", "ä=c&me")))).isEqualTo("three");
    time.advance(Duration.ofMinutes(2));
    assertThat(text(ask(CacheControl.use().maxAge(Duration.ofMinutes(1))))).isEqualTo("three");
    create(client, PARIS_AGAIN);
    int before = chatRequests();
    client
        .chat()
        .completions()
        .create(CacheControl.use().maxDistance(0.01).tag("a", "b").on(asking(PARIS_AGAIN).build()));
    assertThat(chatRequests()).isEqualTo(before + 1);
    assertThat(server.requests(CHAT))
        .allSatisfy(
            request ->
                assertThat(request.headers().keySet())
                    .noneMatch(
                        name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("x-semcache")));
  }

  private ChatCompletion ask(CacheControl control) {
    return client.chat().completions().create(control.on(asking(PARIS).build()));
  }

  @Test
  void timeToLiveOfACallEndsItsEntry() {
    ask(CacheControl.use().timeToLive(Duration.ofMinutes(1)));
    ask(CacheControl.use());
    assertThat(chatRequests()).isEqualTo(1);
    time.advance(Duration.ofMinutes(2));
    ask(CacheControl.use());
    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void headersOfTheWholeClientCountForEachCall() {
    OpenAIClient acme =
        client.withOptions(
            o -> o.putAllHeaders(CacheControl.use().tag("tenant", "acme").headers()));
    OpenAIClient other =
        client.withOptions(o -> o.putAllHeaders(CacheControl.use().tag("tenant", "o").headers()));

    create(acme, PARIS);
    create(acme, PARIS);
    create(other, PARIS);

    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void headerThatCannotBeReadFailsTheCall() {
    for (String header :
        List.of(
            "Mode",
            "Tag-a",
            "Tag",
            "Time-To-Live",
            "Max-Distance",
            "Max-Age",
            "Max-Wait",
            "Bypas")) {
      ChatCompletionCreateParams params =
          asking(PARIS).putAdditionalHeader("X-Semcache-" + header, "%nonsense%").build();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> client.chat().completions().create(params))
          .withMessageContaining("X-Semcache-" + header);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> CacheControl.use().maxDistance(3));
    assertThatIllegalArgumentException().isThrownBy(() -> CacheControl.use().maxAge(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CacheControl.use().maxWait(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CacheControl.use().timeToLive(Duration.ZERO));
    assertThat(chatRequests()).isZero();
  }

  @Test
  void servicesAndGatewaysAreNeverMixed() {
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
                .create(asking(PARIS).putAdditionalHeader("x-route", route).build());
    viaRoute.accept("a");
    viaRoute.accept("b");
    viaRoute.accept("a");
    assertThat(chatRequests()).isEqualTo(5);
  }
}
