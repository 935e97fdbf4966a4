package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.MustBeClosed;
import com.openai.client.OpenAIClient;
import com.openai.core.http.AsyncStreamResponse;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.Admission;
import io.github.semcache.testing.FakeEmbedder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streamed chat completions through a client with a cache. */
@Timeout(60)
final class CachedStreamsTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20))
          .admission(Admission.everything())
          .build();
  private final OpenAIClient client = CachedOpenAi.wrap(plain, cache);
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void close() {
    gate.countDown();
    client.close();
    plain.close();
    cache.close();
    server.close();
  }

  private static ChatCompletionCreateParams asking(String question) {
    return ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(question).build();
  }

  private static ChatCompletionCreateParams withUsage(String question) {
    return asking(question).toBuilder()
        .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
        .build();
  }

  @MustBeClosed
  private static StreamResponse<ChatCompletionChunk> open(OpenAIClient client, String question) {
    return client.chat().completions().createStreaming(asking(question));
  }

  private static List<ChatCompletionChunk> stream(
      OpenAIClient client, ChatCompletionCreateParams params) {
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params)) {
      return chunks.stream().toList();
    }
  }

  private List<ChatCompletionChunk> stream(String question) {
    return stream(client, asking(question));
  }

  private static String text(List<ChatCompletionChunk> chunks) {
    StringBuilder text = new StringBuilder();
    chunks.forEach(chunk -> text.append(text(chunk)));
    return text.toString();
  }

  private static String text(ChatCompletionChunk chunk) {
    return chunk.choices().stream()
        .findFirst()
        .flatMap(choice -> choice.delta().content())
        .orElse("");
  }

  private int chatRequests() {
    return server.requests(CHAT).size();
  }

  @Test
  void missStreamsThroughAndAHitIsReplayed() {
    server.next(CHAT, FakeStream.completion("Par", "is", "."));

    List<ChatCompletionChunk> miss = stream(PARIS);
    List<ChatCompletionChunk> hit = stream(PARIS_AGAIN);

    assertThat(miss).hasSize(5);
    assertThat(text(miss)).isEqualTo("Paris.");
    assertThat(text(hit)).isEqualTo("Paris.");
    assertThat(hit.get(0).choices().get(0).delta().role()).isPresent();
    assertThat(hit).allSatisfy(chunk -> assertThat(chunk.id()).isEqualTo("chatcmpl-streamed"));
    assertThat(hit).allSatisfy(chunk -> chunk.validate());
    assertThat(accumulated(hit)).isEqualTo(accumulated(miss));
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
  }

  private static ChatCompletion accumulated(List<ChatCompletionChunk> chunks) {
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    chunks.forEach(accumulator::accumulate);
    return accumulator.chatCompletion();
  }

  @Test
  @SuppressWarnings("deprecation") // deprecated by the service, or internal, but part of the answer
  void entryOfAStreamAnswersABlockingCall() {
    server.next(CHAT, FakeStream.completion("Par", "is", "."));

    List<ChatCompletionChunk> chunks = stream(client, withUsage(PARIS));
    ChatCompletion hit = client.chat().completions().create(asking(PARIS));

    assertThat(hit.validate().choices().get(0).message().content()).contains("Paris.");
    assertThat(hit.choices().get(0).finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(hit.id()).isEqualTo("chatcmpl-streamed");
    assertThat(hit.usage().orElseThrow().totalTokens()).isEqualTo(12);
    assertThat(hit._additionalProperties()).containsKey("x_unknown");
    assertThat(accumulated(chunks).usage()).isEqualTo(hit.usage());
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().tokensSaved()).isEqualTo(12);
  }

  @Test
  @SuppressWarnings("deprecation") // deprecated by the service, or internal, but part of the answer
  void entryOfABlockingCallIsReplayedAsAStream() {
    server.next(CHAT, FakeCompletions.text("Paris.", "stop", CachedOpenAiTest::addDetails));

    ChatCompletion miss = client.chat().completions().create(asking(PARIS));
    List<ChatCompletionChunk> hit = stream(client, withUsage(PARIS));

    ChatCompletion joined = accumulated(hit);
    assertThat(joined.choices().get(0).message().content()).contains("Paris.");
    assertThat(joined.choices().get(0).logprobs().orElseThrow().content())
        .isEqualTo(miss.choices().get(0).logprobs().orElseThrow().content());
    assertThat(joined.usage()).isEqualTo(miss.usage());
    assertThat(joined.systemFingerprint()).isEqualTo(miss.systemFingerprint());
    assertThat(hit.get(1).choices().get(0).delta()._additionalProperties())
        .containsKey("reasoning_content");
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void usageIsStreamedOnlyWhereItIsAskedFor() {
    server.next(CHAT, FakeCompletions.text("Paris.", "stop"));
    client.chat().completions().create(asking(PARIS));

    assertThat(stream(PARIS)).allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
    List<ChatCompletionChunk> hit = stream(client, withUsage(PARIS));
    assertThat(hit.get(hit.size() - 1).usage()).isPresent();
    assertThat(hit.get(hit.size() - 1).choices()).isEmpty();
  }

  @Test
  void toolCallsAndChoicesAreJoinedAndReplayed() {
    server.next(
        CHAT,
        FakeStream.start()
            .raw(
                tool(
                    "{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}"))
            .raw(tool("{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\"\"}}"))
            .raw(
                tool(
                    "{\"index\":1,\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}"))
            .raw(tool("{\"index\":0,\"function\":{\"arguments\":\":1}\"}}"))
            .end("tool_calls")
            .done());

    List<ChatCompletionChunk> miss = stream(PARIS);
    List<ChatCompletionChunk> hit = stream(PARIS);
    ChatCompletion blocking = client.chat().completions().create(asking(PARIS));

    assertThat(accumulated(hit)).isEqualTo(accumulated(miss));
    assertThat(blocking.validate().choices().get(0).message().toolCalls().orElseThrow())
        .extracting(
            call ->
                call.asFunction().id()
                    + call.asFunction().function().name()
                    + call.asFunction().function().arguments())
        .containsExactly("c1f{\"a\":1}", "c2g{}");
    assertThat(chatRequests()).isEqualTo(1);
  }

  private static String tool(String call) {
    return "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
        + "\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":["
        + call
        + "]},"
        + "\"finish_reason\":null}]}\n\n";
  }

  @Test
  void chunksArriveBeforeTheStreamIsWhole() {
    server.next(CHAT, gatedAfter("Par"));

    try (StreamResponse<ChatCompletionChunk> chunks = open(client, PARIS)) {
      Iterator<ChatCompletionChunk> iterator = chunks.stream().iterator();
      iterator.next();
      assertThat(text(iterator.next())).isEqualTo("Par");
      assertThat(cache.stats().stores()).isZero();
      gate.countDown();
      assertThat(text(iterator.next())).isEqualTo("is.");
      iterator.forEachRemaining(chunk -> {});
    }
    assertThat(cache.stats().stores()).isEqualTo(1);
  }

  private FakeStream gatedAfter(String piece) {
    return FakeStream.start()
        .chunk(delta -> delta.put("role", "assistant"))
        .chunk(delta -> delta.put("content", piece))
        .await(gate)
        .chunk(delta -> delta.put("content", "is."))
        .end("stop")
        .done();
  }

  @Test
  void streamThatIsClosedEarlyIsNotKept() {
    server.next(CHAT, gatedAfter("Par"));

    try (StreamResponse<ChatCompletionChunk> chunks = open(client, PARIS)) {
      chunks.stream().iterator().next();
    }

    assertThat(cache.stats().stores()).isZero();
    assertThat(cache.stats().modelCalls()).isEqualTo(1);
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(text(stream(PARIS))).startsWith("Answer");
    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void streamThatIsNeverReadHoldsUpNobody() {
    server.next(CHAT, FakeStream.completion("Par", "is."));
    try (StreamResponse<ChatCompletionChunk> idle = open(client, PARIS)) {
      assertThat(text(stream(PARIS))).isEqualTo("Paris.");
      assertThat(chatRequests()).isEqualTo(1);
      assertThat(client.chat().completions().create(asking(PARIS)).choices()).hasSize(1);
      assertThat(chatRequests()).isEqualTo(1);
      assertThat(text(idle.stream().toList())).isEqualTo("Paris.");
    }
  }

  @Test
  @SuppressWarnings("try") // the first stream is closed before its block ends
  void laterCallerReadsAStreamAlongFromItsBeginning() {
    server.next(CHAT, gatedAfter("Par"));
    try (StreamResponse<ChatCompletionChunk> first = open(client, PARIS);
        StreamResponse<ChatCompletionChunk> second = open(client, PARIS)) {
      Iterator<ChatCompletionChunk> ofFirst = first.stream().iterator();
      ofFirst.next();
      ofFirst.next();
      Iterator<ChatCompletionChunk> ofSecond = second.stream().iterator();
      ofSecond.next();
      assertThat(text(ofSecond.next())).isEqualTo("Par");
      first.close();
      gate.countDown();
      assertThat(text(ofSecond.next())).isEqualTo("is.");
      ofSecond.forEachRemaining(chunk -> {});
    }

    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().coalesced()).isEqualTo(1);
    assertThat(cache.stats().stores()).isEqualTo(1);
  }

  @Test
  void manyThreadsStreamTheSameNewQuestionWithOneRequest() {
    server.always(CHAT, gatedAfter("Par"));

    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(
          CompletableFuture.supplyAsync(
              () -> text(stream(PARIS)), task -> new Thread(task).start()));
    }
    await().until(() -> cache.stats().coalesced() == 7);
    gate.countDown();

    assertThat(calls).allSatisfy(call -> assertThat(call.join()).isEqualTo("Paris."));
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().stores()).isEqualTo(1);
  }

  @Test
  void serverThatDiesInMidStreamFailsTheCallerAndNothingIsKept() {
    FakeStream dying = FakeStream.start().chunk(delta -> delta.put("content", "Par")).dies();
    server.next(CHAT, dying, dying);

    Throwable without = catchThrowable(() -> stream(plain, asking(PARIS)));
    Throwable with = catchThrowable(() -> stream(PARIS));

    assertThat(with).isInstanceOf(OpenAIIoException.class).hasMessage(without.getMessage());
    assertThat(with).hasRootCauseInstanceOf(java.io.IOException.class);
    assertThat(cache.stats().stores()).isZero();
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
    assertThat(text(stream(PARIS))).startsWith("Answer");
  }

  @Test
  void streamWithoutItsTerminalMarkerIsNotKept() {
    server.next(CHAT, FakeStream.start().chunk(delta -> delta.put("content", "Paris")).end("stop"));

    assertThat(text(stream(PARIS))).isEqualTo("Paris");

    assertThat(cache.stats().stores()).isZero();
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
  }

  @Test
  void streamThatCannotBeReadReachesTheCallerAsItIs() {
    String junk = "data: {broken\n\n";
    server.next(CHAT, FakeStream.start().raw(junk).done(), FakeStream.start().raw(junk).done());

    Throwable without = catchThrowable(() -> stream(plain, asking(PARIS)).get(0).id());
    Throwable with = catchThrowable(() -> stream(PARIS).get(0).id());

    assertThat(with).hasSameClassAs(without);
    assertThat(cache.stats().stores()).isZero();
  }

  @Test
  void errorInsideAStreamReachesTheCaller() {
    String error = "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n";
    server.next(CHAT, FakeStream.start().raw(error).done());

    assertThatThrownBy(() -> stream(PARIS)).isInstanceOf(SseException.class);
    assertThat(cache.stats().stores()).isZero();
  }

  @Test
  void errorInsteadOfAStreamArrivesAsWithoutTheCache() {
    server.always(CHAT, FakeReply.rateLimited(1));

    assertThatThrownBy(() -> stream(PARIS)).isInstanceOf(RateLimitException.class);

    assertThat(chatRequests()).isEqualTo(3);
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
  }

  @Test
  void carriageReturnsCommentsAndOtherFieldsDoNotDisturb() {
    String chunk =
        "{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Ünïcödé 🗼\"},"
            + "\"finish_reason\":\"stop\"}]}";
    server.next(
        CHAT,
        FakeStream.start()
            .raw(": keep-alive\r\n\r\n")
            .raw("id: 7\r\nevent: chunk\r\ndata: " + chunk + "\r\n\r\n")
            .raw("data:[DONE]\r\n\r\n"));

    assertThat(text(stream(PARIS))).isEqualTo("Ünïcödé 🗼");
    assertThat(text(stream(PARIS))).isEqualTo("Ünïcödé 🗼");
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void asynchronousStreamIsKeptAndReplayed() {
    server.next(CHAT, FakeStream.completion("Par", "is."));

    assertThat(streamAsync(PARIS).join()).isEqualTo("Paris.");
    assertThat(streamAsync(PARIS).join()).isEqualTo("Paris.");

    assertThat(chatRequests()).isEqualTo(1);
  }

  private CompletableFuture<String> streamAsync(String question) {
    StringBuilder text = new StringBuilder();
    return client
        .async()
        .chat()
        .completions()
        .createStreaming(asking(question))
        .subscribe(chunk -> text.append(text(chunk)))
        .onCompleteFuture()
        .thenApply(end -> text.toString());
  }

  @Test
  void asynchronousStreamThatIsClosedEarlyIsNotKept() {
    server.next(CHAT, gatedAfter("Par"));
    CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();
    AsyncStreamResponse<ChatCompletionChunk> stream =
        client.async().chat().completions().createStreaming(asking(PARIS));
    stream.subscribe(
        new AsyncStreamResponse.Handler<>() {
          @Override
          public void onNext(ChatCompletionChunk chunk) {
            stream.close();
          }

          @Override
          public void onComplete(Optional<Throwable> error) {
            ended.complete(error);
          }
        });

    ended.join();

    await().until(() -> cache.stats().modelCalls() == 1);
    assertThat(cache.stats().stores()).isZero();
    assertThat(streamAsync(PARIS).join()).startsWith("Answer");
  }

  @Test
  void bypassedStreamIsNotKept() {
    stream(client, CacheControl.bypass().on(asking(PARIS)));
    stream(client, CacheControl.refresh().on(asking(PARIS)));
    stream(PARIS);

    assertThat(chatRequests()).isEqualTo(2);
    assertThat(cache.stats().stores()).isEqualTo(1);
  }
}
